/* Photos: made smaller on the device, without the notes a camera writes into them, and shown in the form. */
Field.photos = (function () {
  "use strict";

  const { el, say } = Field;
  const LONGEST_SIDE = 1600;
  const QUALITY = 0.8;
  const MOST = 30;
  const shown = new Set();

  /* The picture as JPEG of at most 1600 pixels: drawing it anew leaves place, device and all other notes behind. */
  async function shrink(file) {
    const address = URL.createObjectURL(file);
    try {
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
      canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
      const sheet = canvas.getContext("2d");
      sheet.fillStyle = "#fff";
      sheet.fillRect(0, 0, canvas.width, canvas.height);
      sheet.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return await new Response(blob).arrayBuffer();
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /* Where and when a photo was taken, as its camera noted; empty where it did not. Stays on the device. */
  async function notes(file) {
    try {
      const found = (await window.exifr.parse(file)) || {};
      const taken = found.DateTimeOriginal;
      return {
        position: isFinite(found.latitude) && isFinite(found.longitude) ? { latitude: found.latitude, longitude: found.longitude } : null,
        taken_at: taken instanceof Date && !isNaN(taken) ? taken.toISOString() : null,
      };
    } catch (error) {
      return { position: null, taken_at: null };
    }
  }

  /* Take a chosen picture into a visit and keep both. Throws when it cannot be read or there is no room. */
  async function add(draft, file) {
    const known = await notes(file);
    let bytes;
    try {
      bytes = await shrink(file);
    } catch (error) {
      throw new Error(say("photo_unreadable", file.name));
    }
    const row = Object.assign({ uid: Field.uid(), sha256: await Field.sha256(bytes), size: bytes.byteLength, note: "", keep_position: false }, known);
    draft.photos.push(row);
    try {
      await Field.store.keepPhoto(draft, { uid: row.uid, draft: draft.uid, bytes: bytes });
    } catch (error) {
      draft.photos.pop();
      throw new Error(say("not_kept"));
    }
    return row;
  }

  /* The photos of a visit in its form. `changed()` keeps the visit, `removed(photo)` takes one out. */
  async function show(place, draft, changed, removed) {
    const pictures = await Promise.all(draft.photos.map((row) => Field.store.photo(row.uid)));
    hide();
    place.textContent = "";
    draft.photos.forEach((row, index) => place.append(item(row, index, pictures[index], changed, removed)));
  }

  function item(row, index, kept, changed, removed) {
    const number = index + 1;
    const address = kept ? URL.createObjectURL(new Blob([kept.bytes], { type: "image/jpeg" })) : "";
    if (address) shown.add(address);
    const note = el("input", { class: "form-control form-control-sm", maxlength: 200, value: row.note, "aria-label": say("photo_note", number), placeholder: say("note"), on: { input: () => { row.note = note.value; changed(); } } });
    return el("li", { "data-photo": row.uid },
      el("img", { src: address, alt: row.note || say("photo", number) }),
      el("div", { class: "field-photo-notes" }, note, row.position && tick(row, changed),
        el("button", { type: "button", class: "btn btn-sm btn-link text-danger px-0", text: say("photo_remove", number), on: { click: () => removed(row) } })));
  }

  function tick(row, changed) {
    const box = el("input", { type: "checkbox", class: "form-check-input", checked: row.keep_position, on: { change: () => { row.keep_position = box.checked; changed(); } } });
    return el("label", { class: "form-check-label field-tick" }, box, say("photo_place"));
  }

  /* Free the memory of pictures that are no longer shown. */
  function hide() {
    shown.forEach((address) => URL.revokeObjectURL(address));
    shown.clear();
  }

  return { MOST, add, show, hide };
})();
