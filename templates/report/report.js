'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const form = $('filter'), count = $('f-count');
  const ops = Array.from(document.querySelectorAll('.op'));
  const text = ops.map(o => o.firstElementChild.textContent.toLowerCase());
  const fields = {q: $('f-text'), e: $('f-entry'), s: $('f-status'), c: $('f-check')};
  const apply = () => {
    const words = fields.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    ops.forEach((o, i) => {
      const d = o.dataset;
      const show = words.every(w => text[i].includes(w)) && (!fields.e.value || d.e === fields.e.value) &&
        (!fields.s.value || d.s === fields.s.value) && (!fields.c.value || (' ' + (d.c || '') + ' ').includes(' ' + fields.c.value + ' '));
      o.hidden = !show;
      n += show;
    });
    count.textContent = n + ' of ' + ops.length;
  };
  const reveal = () => {
    const o = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!o) return;
    if (o.hidden) { Object.values(fields).forEach(f => { f.value = ''; }); apply(); }
    for (let e = o; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
    o.scrollIntoView();
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', e => e.preventDefault());
  document.addEventListener('keydown', e => {
    if (e.key === '/' && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { e.preventDefault(); fields.q.focus(); }
  });
  addEventListener('hashchange', reveal);
  apply();
  reveal();
})();
