/** Ways to the parts of a page that is one long column on a phone; the style sheet hides them elsewhere. */
const PARTS = [
  ['Arena', '.runs'],
  ['Curves', '.dock'],
  ['World', '.panel-world'],
  ['Agent', '.panel-agent'],
] as const;

/** Buttons, since the address after `#` holds the setup. */
export function Jump() {
  return (
    <nav class="jump" aria-label="Parts of the page">
      {PARTS.map(([name, selector]) => (
        <button
          key={name}
          type="button"
          onClick={() => document.querySelector(selector)?.scrollIntoView({ block: 'start' })}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}
