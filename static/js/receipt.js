// The second half of a double tap on "Send" must not open a link here: the receipt is shown only now.
// This runs before anything is drawn, so that no tap is quicker.
document.documentElement.classList.add("settling");
addEventListener("load", () => setTimeout(() => document.documentElement.classList.remove("settling"), 500));
// The answer has arrived: the draft on this device is not needed any more.
for (const key of Object.keys(sessionStorage)) if (key.startsWith("tribometer ")) sessionStorage.removeItem(key);
