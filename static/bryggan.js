// The page works without this file. It moves focus to what went wrong, so that it is read aloud.
const summary = document.querySelector(".errsum");
if (summary) summary.focus();

// A draft is kept while it is written: a few seconds after the last key, as it is, ready or not.
for (const form of document.querySelectorAll("form[data-keep]")) {
  const told = form.querySelector("[data-kept]");
  let timer, sent = new URLSearchParams(new FormData(form)).toString();
  const keep = async () => {
    const data = new FormData(form), now = new URLSearchParams(data).toString();
    if (now === sent) return;
    data.append("auto", "1");
    const answer = await fetch(location.href, { method: "POST", body: data });
    if (answer.ok) {
      const version = form.querySelector("[name=version]");
      if (version) version.value = (await answer.json()).version;
      sent = new URLSearchParams(new FormData(form)).toString();
    }
    told.textContent = answer.ok ? told.dataset.kept : answer.status === 409 ? told.dataset.behind : "";
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 4000);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

// The rest of the menu closes like any menu: by Escape, or when something else is pressed.
const more = document.querySelector(".moremenu");
if (more) {
  document.addEventListener("click", (event) => {
    if (!more.contains(event.target)) more.open = false;
  });
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    more.open = false;
    more.querySelector("summary").focus();
  });
}
