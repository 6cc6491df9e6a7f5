/** Puts a popover below the button before it: popovers are in the middle of the page unless they are put elsewhere. */
export function besideButton(menu: HTMLElement): void {
  const button = menu.previousElementSibling;
  if (!button || !menu.matches(':popover-open')) return;
  const { right, top, bottom } = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const above = top - height - 4;
  menu.style.left = `${Math.max(8, right - width)}px`;
  menu.style.top = `${above >= 8 ? above : bottom + 4}px`;
}
