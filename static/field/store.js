/* What the device keeps: visits, the bytes of their photos, and the data pack, each of one person. */
Field.store = (function () {
  "use strict";

  /* Written to the disk before it counts as kept: a phone that dies must not take the last words with it. */
  const SAFE = { durability: "strict" };
  const PERSON = "field-person";

  const opened = () => (opened.once = opened.once || window.idb.openDB("field", 1, {
    upgrade(db) {
      db.createObjectStore("drafts", { keyPath: "uid" }).createIndex("person", "person");
      db.createObjectStore("photos", { keyPath: "uid" }).createIndex("draft", "draft");
      db.createObjectStore("packs", { keyPath: "person" });
    },
  }));

  /* Who is signed in on this device, or null. Signing out takes it away at once (see app.js of every page). */
  function person() {
    return JSON.parse(localStorage.getItem(PERSON) || "null");
  }

  function setPerson(someone) {
    if (someone) localStorage.setItem(PERSON, JSON.stringify(someone));
    else localStorage.removeItem(PERSON);
  }

  async function pack() {
    const me = person();
    const kept = me && await (await opened()).get("packs", me.id);
    return kept ? kept.pack : null;
  }

  async function keepPack(pack) {
    await (await opened()).put("packs", { person: pack.person.id, pack: pack });
  }

  /* The person's own visits, the last changed first. */
  async function drafts() {
    const me = person();
    if (!me) return [];
    const rows = await (await opened()).getAllFromIndex("drafts", "person", me.id);
    return rows.sort((one, other) => (one.changed < other.changed ? 1 : -1));
  }

  async function draft(uid) {
    const row = await (await opened()).get("drafts", uid);
    const me = person();
    return row && me && row.person === me.id ? row : null;
  }

  /* Keep a visit. False when another window kept a later version of it: that one stays. */
  async function keep(draft) {
    const work = (await opened()).transaction("drafts", "readwrite", SAFE);
    const before = await work.store.get(draft.uid);
    const mine = draft.revision || 0;
    if (before && before.revision !== mine) {
      await work.done;
      return false;
    }
    draft.revision = mine + 1;
    draft.changed = new Date().toISOString();
    await work.store.put(draft);
    await work.done;
    return true;
  }

  /* A new visit or photo: both in one go, so that no visit names a photo that is not there. */
  async function keepPhoto(draft, photo) {
    const work = (await opened()).transaction(["drafts", "photos"], "readwrite", SAFE);
    draft.revision = (draft.revision || 0) + 1;
    draft.changed = new Date().toISOString();
    await Promise.all([work.objectStore("photos").put(photo), work.objectStore("drafts").put(draft), work.done]);
  }

  async function photo(uid) {
    return (await opened()).get("photos", uid);
  }

  async function dropPhoto(uid) {
    await (await opened()).delete("photos", uid);
  }

  /* The photos of a visit, once the server has them all or the visit is deleted. */
  async function dropPhotos(draft) {
    const work = (await opened()).transaction("photos", "readwrite");
    const uids = await work.store.index("draft").getAllKeys(draft);
    await Promise.all([...uids.map((uid) => work.store.delete(uid)), work.done]);
  }

  async function drop(uid) {
    await dropPhotos(uid);
    await (await opened()).delete("drafts", uid);
  }

  /* A visit under a new number, with its photos and findings, so that it is sent beside the one that is kept. */
  async function anew(draft) {
    const work = (await opened()).transaction(["drafts", "photos"], "readwrite", SAFE);
    const copy = Object.assign({}, draft, { uid: Field.uid(), revision: 1, changed: new Date().toISOString() });
    const photos = work.objectStore("photos");
    copy.photos = [];
    for (const row of draft.photos) {
      const moved = await photos.get(row.uid);
      const uid = Field.uid();
      await photos.delete(row.uid);
      await photos.put(Object.assign(moved, { uid: uid, draft: copy.uid }));
      copy.photos.push(Object.assign({}, row, { uid: uid }));
    }
    copy.findings = draft.findings.map((row) => Object.assign({}, row, { uid: Field.uid() }));
    await work.objectStore("drafts").put(copy);
    await work.objectStore("drafts").delete(draft.uid);
    await work.done;
    return copy;
  }

  return { person, setPerson, pack, keepPack, drafts, draft, keep, keepPhoto, photo, dropPhoto, dropPhotos, drop, anew };
})();
