// The page works without this file. It moves focus to what went wrong, so that it is read aloud.
const summary = document.querySelector(".errsum");
if (summary) summary.focus();
