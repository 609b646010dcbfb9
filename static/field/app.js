/* The page for visits: what is shown when, who is signed in, network and installation. */
(function () {
  "use strict";

  const { announce, say } = Field;
  const at = (id) => document.getElementById(id);
  let pack = null;
  let offer = null;

  function isAble() {
    return window.isSecureContext && "serviceWorker" in navigator && "indexedDB" in window && window.crypto && crypto.subtle;
  }

  async function start() {
    if (!isAble()) { at("not-able").hidden = false; at("bar").hidden = true; return; }
    navigator.serviceWorker.register(Field.addresses.worker, { scope: Field.addresses.visits }).catch(() => {});
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    Field.sender.onChange((draft) => {
      if (draft.state === "sent") announce(say("sent_visit", draft.place_name));
      if (!at("list").hidden) Field.list.show();
    });
    listen();
    pack = await Field.store.pack();
    await route();
    await renew();
    Field.sender.start();
  }

  function listen() {
    window.addEventListener("hashchange", route);
    window.addEventListener("online", async () => { showBar(); await renew(); Field.sender.start(); });
    window.addEventListener("offline", () => showBar());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) route.shown(); });
    window.addEventListener("storage", () => route.shown());
    at("new").addEventListener("click", () => begin(null));
    at("renew").addEventListener("click", renew);
    window.addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); offer = event; at("install").hidden = false; });
    at("install").addEventListener("click", () => { if (offer) offer.prompt(); at("install").hidden = true; });
  }

  /* #visit/<uid>, #compare/<uid>, or the list. */
  async function route() {
    const [name, uid] = location.hash.slice(1).split("/");
    const me = Field.store.person();
    await Field.editor.close();
    let shown = "list";
    if (me && name === "visit" && await Field.editor.open(uid)) shown = "edit";
    if (me && name === "compare" && await Field.list.compare(uid)) shown = "compare";
    if (!me) at("rows").textContent = "";
    ["list", "edit", "compare"].forEach((id) => { at(id).hidden = id !== shown || !me; });
    if (shown === "list" && me) { await Field.list.show(); Field.list.plan(pack, begin); }
    showBar();
    if (name || route.once) { const head = at(`${shown}-head`); if (head) head.focus(); window.scrollTo(0, 0); }
    route.once = true;
  }

  /* Somebody may have signed out, or in, in another window meanwhile. */
  route.shown = async function () {
    const me = Field.store.person();
    if ((me && me.id) !== (pack && pack.person.id)) { pack = await Field.store.pack(); await route(); }
  };

  async function begin(planned) {
    const draft = Field.editor.blank(pack);
    if (planned) {
      const place = Field.places.find(pack, planned.site ? `site:${planned.site}` : `unit:${planned.unit}`);
      const lists = place ? Field.places.checklists(pack, place) : [];
      if (place) Object.assign(draft, { place: place.key, place_name: place.name, group: place.group, planned: planned.id, checklist: lists[0] || null });
    }
    await Field.store.keep(draft);
    location.hash = `visit/${draft.uid}`;
  }

  /* --- who, network, data ----------------------------------------------------------------------------------- */

  /* Fetch the data pack; it tells who is signed in, too. */
  async function renew() {
    const before = Field.store.person();
    try {
      const fresh = Object.assign(await Field.server.pack(), { fetched_on: Field.day(0) });
      await Field.store.keepPack(fresh);
      Field.store.setPerson(fresh.person);
      pack = fresh;
      at("sign-in-line").hidden = true;
      await Field.sender.afterSignIn();
      if (!before || before.id !== fresh.person.id) await route();
      else if (!at("list").hidden) { await Field.list.show(); Field.list.plan(pack, begin); }
    } catch (error) {
      if (!error.kind) throw error;
      if (error.kind === "signin") askToSignIn();
      if (error.kind === "unknown") announce(say("not_allowed"));
    }
    showBar();
  }

  function askToSignIn() {
    at("sign-in-line").hidden = false;
    at("sign-in-words").textContent = Field.store.person() ? say("session_over") : say("signed_out");
  }

  function showBar() {
    const me = Field.store.person();
    const network = at("network");
    network.textContent = navigator.onLine ? say("online") : say("offline");
    network.classList.toggle("is-off", !navigator.onLine);
    at("who").textContent = me ? say("person", me.name) : "";
    at("data-day").textContent = me && pack ? say("data_of", Field.time(pack.made_at)) : say("no_data");
    at("renew").hidden = !navigator.onLine;
    if (!me) askToSignIn();
  }

  start();
})();
