// What moves what is below it waits for the pointer: a button that moves away between press and
// release is not clicked.

let isPressed = false;
window.addEventListener("pointerdown", () => (isPressed = true), true);
for (const end of ["pointerup", "pointercancel"]) {
  window.addEventListener(end, () => (isPressed = false), true);
}

/** Do something at once, or as soon as the pointer is up. */
export function whenReleased(act: () => void): void {
  if (isPressed) window.addEventListener("pointerup", () => setTimeout(act), { once: true });
  else act();
}
