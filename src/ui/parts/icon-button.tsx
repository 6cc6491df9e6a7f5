/** A button that shows an icon alone: its name is for screen readers, and its title for the pointer. */
import type { ComponentChildren } from 'preact';

interface IconButtonProps {
  readonly label: string;
  /** The label, if nothing else, e.g. with its key. */
  readonly title?: string;
  readonly disabled?: boolean;
  /** Of one that stays down. */
  readonly pressed?: boolean;
  readonly primary?: boolean;
  readonly onClick: (event: MouseEvent) => void;
  readonly children: ComponentChildren;
}

export function IconButton({
  label,
  title = label,
  disabled,
  pressed,
  primary,
  onClick,
  children,
}: IconButtonProps) {
  return (
    <button
      type="button"
      class={primary ? 'icon primary' : 'icon'}
      aria-label={label}
      title={title}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
