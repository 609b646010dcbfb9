/* Small tools of the page for visits: words, elements, numbers, hashes. */
window.Field = (function () {
  "use strict";

  const words = read("field-words");
  const addresses = read("field-addresses");

  function read(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  /* A phrase in the language of the page; {0}, {1} are filled with what follows. */
  function say(key, ...values) {
    return (words[key] || key).replace(/\{(\d)\}/g, (whole, place) => values[Number(place)]);
  }

  /* An element with its attributes ("text" is its text, "on" its listeners) and children. */
  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (name === "text") made.textContent = value;
      else if (name === "on") Object.entries(value).forEach(([kind, act]) => made.addEventListener(kind, act));
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    });
    made.append(...children.filter((child) => child));
    return made;
  }

  function fill(select, options, chosen) {
    select.replaceChildren
      ? select.replaceChildren(...options)
      : (select.textContent = "", select.append(...options));
    select.value = chosen === null || chosen === undefined ? "" : String(chosen);
  }

  function option(value, text) {
    return el("option", { value: value, text: text });
  }

  /* Where a part of the page is: part(form, "photos"). */
  function part(root, name) {
    return root.querySelector(`[data-part="${name}"]`);
  }

  function hex(bytes) {
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /* A random number for a visit, photo or finding (UUID, version 4), so that sending twice is one record. */
  function uid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  async function sha256(buffer) {
    return hex(await crypto.subtle.digest("SHA-256", buffer));
  }

  /* A day as 2017-05-22 by the device's own clock, moved by so many days. */
  function day(moved) {
    const now = new Date();
    now.setDate(now.getDate() + (moved || 0));
    const two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  function time(text) {
    return new Date(text).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  }

  /* A day such as 2017-05-22 as it is written in the language of the page. */
  function date(text) {
    return text ? new Date(`${text}T00:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }) : "";
  }

  /* Said aloud by screen readers, and shown above the page. */
  function announce(text) {
    document.getElementById("said").textContent = text;
  }

  return { addresses, say, el, fill, option, part, uid, sha256, day, time, date, announce };
})();
