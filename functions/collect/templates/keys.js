{
  // 0 to 9 choose a score wherever the focus is; 10 is 1 and then 0, within a second.
  const scores = [...document.querySelectorAll("input[name=score][type=radio]")];
  let oneAt = -Infinity;
  addEventListener("keydown", (event) => {
    if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const ten = event.key === "0" && event.timeStamp - oneAt < 1000;
    oneAt = event.key === "1" ? event.timeStamp : -Infinity;
    const chosen = scores[ten ? 10 : Number(event.key)];
    chosen.click();
    chosen.focus();
  });
}
