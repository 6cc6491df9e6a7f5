/** The switch between the system's look, light and dark: one button, which names what it shows and goes to the next. */
import { Moon, Sun, SunMoon } from 'lucide-preact';
import { chooseTheme, theme, THEMES, type Theme } from '../state/theme.ts';

const LOOKS: Readonly<Record<Theme, { readonly title: string; readonly Icon: typeof Sun }>> = {
  auto: { title: 'as the system', Icon: SunMoon },
  light: { title: 'light', Icon: Sun },
  dark: { title: 'dark', Icon: Moon },
};

export function ThemeSwitch() {
  const { value: chosen } = theme;
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
  const { title, Icon } = LOOKS[chosen];
  return (
    <button
      type="button"
      class="icon theme-switch"
      aria-label={`Theme: ${title}`}
      title={`Theme: ${title}. Click for ${LOOKS[next].title}`}
      onClick={() => chooseTheme(next)}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
