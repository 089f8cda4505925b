// Keys as the protocol wants them: name → code, key code and the text they type.
const NAMED = {
  Enter: ["Enter", 13, "\r"], Tab: ["Tab", 9], Escape: ["Escape", 27], Space: ["Space", 32, " ", " "], Backspace: ["Backspace", 8], Delete: ["Delete", 46],
  ArrowLeft: ["ArrowLeft", 37], ArrowUp: ["ArrowUp", 38], ArrowRight: ["ArrowRight", 39], ArrowDown: ["ArrowDown", 40],
  Home: ["Home", 36], End: ["End", 35], PageUp: ["PageUp", 33], PageDown: ["PageDown", 34], "?": ["Slash", 191, "?"], "/": ["Slash", 191, "/"],
};
const MODIFIERS = { Alt: 1, Control: 2, Meta: 4, Shift: 8 };

/** `Shift+Tab`, `a`, `Enter`: down and up events. */
export function strokes(press) {
  const parts = press === "+" ? ["+"] : press.split("+"), name = parts.pop();
  const modifiers = parts.reduce((sum, one) => sum | MODIFIERS[one], 0);
  const [code, windowsVirtualKeyCode, text, key = name] = NAMED[name] ?? [/[a-z]/i.test(name) ? `Key${name.toUpperCase()}` : /\d/.test(name) ? `Digit${name}` : "", name.toUpperCase().charCodeAt(0), name];
  const common = { key, code, windowsVirtualKeyCode, modifiers };
  const typed = (modifiers & ~MODIFIERS.Shift) === 0 && text;
  return [typed ? { ...common, type: "keyDown", text, unmodifiedText: text } : { ...common, type: "rawKeyDown" }, { ...common, type: "keyUp" }];
}
