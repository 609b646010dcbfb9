/* The full screen goes on to the next part by itself, once somebody has switched that on. It waits while somebody
   reads: after a key, a wheel or a moved pointer for a minute (a mouse left lying on the table moves nothing), and for as
   long as something has the focus. Devices that ask for less motion start only what was switched on there. */
(function () {
  "use strict";
  var HOLD_MS = 60000, LEAST_SECONDS = 10, KEY = "wall-turns";
  var box = document.querySelector("[data-turn-seconds]");
  if (!box) return;
  var on = document.querySelector("[data-turn=on]"), off = document.querySelector("[data-turn=off]");
  var next = document.querySelector("[data-key=ArrowRight]"), words = box.querySelector("[role=status]");
  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var runs = box.dataset.turns === "1" && (!calm || sessionStorage.getItem(KEY) === "1");

  on.hidden = runs;
  off.hidden = !runs;
  on.addEventListener("click", function () { sessionStorage.setItem(KEY, "1"); });
  off.addEventListener("click", function () { sessionStorage.removeItem(KEY); });
  if (!runs) {
    if (words) words.textContent = box.dataset.calm;
    return;
  }

  var left = Number(box.dataset.turnSeconds), touched = -HOLD_MS, held = null;
  function touch(event) {
    /* Browsers tell of a pointer that lies still when the page under it is new. */
    if (event.type === "pointermove" && !event.movementX && !event.movementY) return;
    touched = performance.now();
    look();
  }
  ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"].forEach(function (kind) {
    document.addEventListener(kind, touch, { passive: true });
  });
  ["focusin", "focusout"].forEach(function (kind) {
    document.addEventListener(kind, function () { setTimeout(look); });
  });

  function isRead() {
    var focus = document.activeElement;
    return document.hidden || performance.now() - touched < HOLD_MS || (focus && focus !== document.body);
  }
  function look() {
    var now = Boolean(isRead());
    if (now === held) return;
    if (held && !now) left = Math.max(left, LEAST_SECONDS);
    held = now;
    words.textContent = held ? box.dataset.held : box.dataset.goes;
  }
  look();
  var clock = setInterval(function () {
    look();
    if (held) return;
    left -= 1;
    if (left > 0) return;
    clearInterval(clock);
    next.click();
  }, 1000);
})();
