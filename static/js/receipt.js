// The answer has arrived: the draft on this device is not needed any more.
for (const key of Object.keys(sessionStorage)) if (key.startsWith("tribometer ")) sessionStorage.removeItem(key);
