/** A number with its name, for a list of such. */
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
