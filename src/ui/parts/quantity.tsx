/** A number with its name, for a description list. */
interface QuantityProps {
  readonly label: string;
  readonly value: string | number;
}

export function Quantity({ label, value }: QuantityProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
