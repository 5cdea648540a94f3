// Small ways to make and find elements. Texts are never read as HTML.

export const element = (id) => document.getElementById(id);

export function make(tag, className = "", ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** Make elements the children of a place; those that stay are not moved, and keep the focus. */
export function keepInOrder(place, children) {
  for (const child of [...place.children]) if (!children.includes(child)) child.remove();
  children.forEach((child, at) => {
    if (place.children[at] !== child) place.insertBefore(child, place.children[at] ?? null);
  });
}

/** Write a text, and touch nothing where it says so already. */
export function write(place, content) {
  if (place.textContent !== content) place.textContent = content;
}
