// The answer has arrived: the draft on this device is not needed any more.
for (const key of Object.keys(sessionStorage)) if (key.startsWith("tribometer ")) sessionStorage.removeItem(key);
// The second half of a double tap on "Send" must not open a link here: the receipt is shown only now.
document.body.classList.add("settling");
setTimeout(() => document.body.classList.remove("settling"), 500);
