// Buttons that pull a lever, and dialogs that ask first.
import {el, uniqueId} from "./dom.js";
import {act} from "./outcome.js";

// `call()` gives {method, path, body}; `asks` {title, text} is asked first; `then(answer)` comes after success.
export function lever(label, {call, done, place, then = () => {}, asks = null, kind = "", ...given}) {
  const pull = async () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true"); // not `disabled`, which would lose the focus
    const {answer, error} = await act(call(), {done, place});
    button.removeAttribute("aria-disabled");
    if (!error) then(answer);
  };
  const onclick = asks ? () => confirm(asks, label, pull) : pull;
  const button = el("button", {type: "button", class: kind, ...given, onclick}, label);
  return button;
}

// Asks, and does it when the answer is yes. The focus comes back to where it was.
export function confirm({title, text}, yes, action) {
  const close = () => dialog.close();
  const dialog = modal(
    title,
    el("p", {}, text),
    el(
      "p",
      {class: "actions"},
      el("button", {type: "button", onclick: close}, "Cancel"),
      el("button", {type: "button", class: "danger", onclick: () => (close(), action())}, yes.replace(/ …$/, "")),
    ),
  );
}

// A dialog with a title, open; Escape closes it, and it is gone when it is closed.
export function modal(title, ...content) {
  const id = uniqueId("title");
  const dialog = el("dialog", {"aria-labelledby": id}, el("h2", {id}, title), ...content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
