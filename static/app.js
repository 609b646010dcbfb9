/* Small helpers of the pages. Everything works without them; they save clicks and catch slips. */
(function () {
  "use strict";

  /* A form sent twice by a double click is stopped here already; the server stands it as well. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  function sendAgain() {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  }
  window.addEventListener("pageshow", sendAgain);

  /* Whoever signs out takes his or her visits off the screen of this device too (they stay on it, see field/). */
  document.addEventListener("submit", function (event) {
    if (/\/logout\/$/.test(event.target.action)) localStorage.removeItem("field-person");
  });

  /* Word counts: characters without white space, as the form's limit counts them. */
  function count(area) {
    var out = document.getElementById(area.dataset.count);
    if (!out) return;
    var length = Array.from(area.value.replace(/\s/g, "")).length;
    out.textContent = length + " / " + area.dataset.most;
    out.classList.toggle("over", length > Number(area.dataset.most));
  }
  document.addEventListener("input", function (event) {
    if (event.target.dataset && event.target.dataset.count) count(event.target);
  });

  /* Autosave: a saved form carries its new revision, so that the next save is not taken for a second window. */
  document.addEventListener("saved", function (event) {
    document.querySelectorAll("input[name=revision]").forEach(function (field) { field.value = event.detail.revision; });
  });

  /* What was typed is not lost: leaving asks, and another form of the page waits until the typed one is saved. */
  var edits = 0, sent = 0, kept = 0, running = 0, waiting = [], held = false, leaving = false;

  function unsaved() { return edits > kept; }
  function guarded(event) { return event.target.matches("form[data-guard]"); }

  document.addEventListener("input", function (event) {
    if (!event.target.closest("[data-guard]")) return;
    edits += 1;
    leaving = false;
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (!guarded(event)) return;
    if (leaving) { event.preventDefault(); return; }
    sent = edits;
    running += 1;
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!guarded(event)) return;
    /* An answer that names a fault has not kept everything. */
    if (event.detail.successful && !event.detail.target.querySelector(".field-error")) kept = sent;
    running -= 1;
    if (!running) waiting.splice(0).forEach(function (go) { go(); });
  });

  function idle() {
    return running ? new Promise(function (go) { waiting.push(go); }).then(idle) : Promise.resolve();
  }
  function save(form) {
    if (!unsaved()) return Promise.resolve();
    var place = { source: form, target: form.getAttribute("hx-target"), swap: "innerHTML" };
    return window.htmx.ajax("POST", form.getAttribute("hx-post"), place);
  }

  /* In the capture phase, so that a form that has to wait is not taken for sent. */
  document.addEventListener("submit", function (event) {
    var form = event.target, typed = document.querySelector("form[data-guard][hx-post]"), own = form === typed;
    var wait = typed && window.htmx && !leaving && (running || (unsaved() && !own));
    if (!held && !wait) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held) return;
    held = true;
    idle().then(function () { if (!own) return save(typed); }).catch(function () {}).then(function () {
      held = false;
      leaving = true;
      form.requestSubmit(event.submitter);
    });
  }, true);
  window.addEventListener("submit", function (event) {
    if (event.defaultPrevented) return;
    leaving = true;
    if (guarded(event)) kept = edits;
  });
  window.addEventListener("pageshow", function () { leaving = false; });
  window.addEventListener("beforeunload", function (event) {
    if (!unsaved()) return;
    event.preventDefault();
    /* Comes to pass only for those who stay: their forms can be sent again. */
    setTimeout(function () { leaving = false; sendAgain(); });
  });

  /* A table wider than the page can be scrolled by keyboard and says its name. */
  function nameOf(box) {
    var section = box.closest("section[aria-labelledby]");
    var head = section && document.getElementById(section.getAttribute("aria-labelledby"));
    return (box.querySelector("caption") || head || document.querySelector("h1")).textContent.trim();
  }
  function scroller(box) {
    ["tabindex", "role", "aria-label"].forEach(function (trait) { box.removeAttribute(trait); });
    if (box.scrollWidth <= box.clientWidth) return;
    box.tabIndex = 0;
    /* A group, not a landmark: the section around it may carry the same name. */
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", nameOf(box));
  }
  function scrollers() {
    var seen = new ResizeObserver(function (entries) { entries.forEach(function (entry) { scroller(entry.target); }); });
    document.querySelectorAll(".table-wrap, .table-responsive").forEach(function (box) { seen.observe(box); });
  }

  /* Filters stand open on a wide page; on a phone they open when they are needed. */
  function filters(phone) {
    document.querySelectorAll(".filter-box").forEach(function (box) {
      box.open = !phone.matches || box.hasAttribute("data-filtered");
    });
  }
  var phone = window.matchMedia("(max-width: 575.98px)");
  phone.addEventListener("change", filters);

  /* Demo accounts on the login page fill the form. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-username]");
    if (!button) return;
    document.getElementById("id_username").value = button.dataset.username;
    document.getElementById("id_password").value = button.dataset.password;
    document.getElementById("id_password").focus();
  });

  /* Charts: the data lies beside the chart as JSON, the same numbers stand in the table below it. */
  function charts() {
    if (!window.echarts) return;
    document.querySelectorAll("[data-chart]").forEach(function (box) {
      var option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      var chart = window.echarts.init(box, null, { renderer: "svg" });
      chart.setOption(option);
      chart.on("click", function (point) { if (point.data && point.data.url) window.location = point.data.url; });
      window.addEventListener("resize", function () { chart.resize(); });
    });
  }

  /* A link to what takes some seconds to make says so, and is not followed twice meanwhile. A file that is saved
     leaves the page as it is; a cookie that comes with it tells that it has arrived. */
  var BUSY_MS = 30000, LOOK_MS = 250, ARRIVED = "file_arrived=";
  function hasArrived() {
    return document.cookie.split("; ").some(function (one) { return one.indexOf(ARRIVED) === 0; });
  }
  function awaitFile(link, left) {
    if (left <= 0 || hasArrived()) restBusy(link); else setTimeout(awaitFile, LOOK_MS, link, left - LOOK_MS);
  }
  function restBusy(link) {
    if (!link.idleWords) return;
    link.replaceChildren.apply(link, link.idleWords);
    link.removeAttribute("aria-disabled");
    delete link.idleWords;
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-busy]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.idleWords) { event.preventDefault(); return; }
    link.idleWords = Array.from(link.childNodes);
    link.replaceChildren(link.dataset.busy);
    link.setAttribute("aria-disabled", "true");
    document.cookie = ARRIVED + "; path=/; max-age=0";
    awaitFile(link, BUSY_MS);
  });
  window.addEventListener("pageshow", function () { document.querySelectorAll("a[data-busy]").forEach(restBusy); });

  /* Links with a key of their own: the parts of the full screen one after the other. */
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    var link = /^(Arrow|Escape)/.test(event.key) && document.querySelector("[data-key=" + event.key + "]");
    if (link) link.click();
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-count]").forEach(count);
    filters(phone);
    scrollers();
    charts();
  });
})();

/* --- Score sheet: the running total. The server shows the saved one; this only saves the mental arithmetic. --- */
(function () {
  "use strict";

  /* In hundredths, so that 0.1 and 0.2 make 0.3. */
  function hundredths(text) {
    var points = Number(text);
    return text && isFinite(points) ? Math.round(points * 100) : 0;
  }
  function sum(form, fields, before) {
    return Array.from(form.querySelectorAll(fields)).reduce(function (cents, field) {
      var unanswered = field.type === "radio" && !field.checked;
      return cents + (unanswered ? 0 : hundredths(field.value));
    }, hundredths(before));
  }
  /* The other part of the sheet counts with what is saved of it; bonus points up to their cap. */
  function total(form) {
    var out = form.querySelector("[data-total]"), bonus = sum(form, "[data-bonus]", out.dataset.othersBonus);
    if (out.dataset.cap !== undefined) bonus = Math.min(bonus, hundredths(out.dataset.cap));
    out.textContent = String((sum(form, "[data-points]", out.dataset.others) + bonus) / 100);
  }
  document.addEventListener("input", function (event) {
    var form = event.target.closest("[data-sheet]");
    if (form && event.target.matches("[data-points], [data-bonus]")) total(form);
  });
  /* Files that are chosen show by name: the field itself is drawn as a button. */
  document.addEventListener("change", function (event) {
    var field = event.target, out = field.dataset && field.dataset.chosen && document.getElementById(field.dataset.chosen);
    if (!out) return;
    var fields = field.form.querySelectorAll("[data-chosen=" + field.dataset.chosen + "]"), names = [];
    fields.forEach(function (each) { Array.from(each.files).forEach(function (file) { names.push(file.name); }); });
    out.textContent = names.join("、");
  });
  /* Ctrl + / goes to the search in the head of the page. Not “/” alone: people who speak to their computer would set it
     off by words, and input methods for Chinese make other signs of it. */
  document.addEventListener("keydown", function (event) {
    var field = document.querySelector("#search-here") || document.querySelector("#search-all");
    if (event.code !== "Slash" || !event.ctrlKey || !field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  /* A browser that goes back fills the fields again without saying so. */
  window.addEventListener("pageshow", function () { document.querySelectorAll("[data-sheet]").forEach(total); });
})();
