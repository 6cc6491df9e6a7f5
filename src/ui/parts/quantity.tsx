/** A number with its name, for a description list. */
interface QuantityProps {
  readonly label: string;
  readonly value: string | number;
  readonly title?: string;
}

export function Quantity({ label, value, title }: QuantityProps) {
  return (
    <div title={title}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
