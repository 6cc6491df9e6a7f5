/** A search over what is on the page already: it filters while one types, and Escape clears it. */
import { Search } from 'lucide-preact';

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchBox({ value, onChange }: SearchBoxProps) {
  return (
    <label class="search-box">
      <Search size={14} aria-hidden />
      <input
        type="search"
        aria-label="Find a setting"
        placeholder="Find a setting"
        autocomplete="off"
        spellcheck={false}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.preventDefault();
          onChange('');
        }}
      />
    </label>
  );
}
