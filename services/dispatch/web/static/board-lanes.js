// Bars that overlap share the height of their row.

/** Each visit with its lane and how many lanes its neighbours need; visits come in the order of their starts. */
export function lanes(visits) {
  const placed = [];
  let group = [];
  let ends = [];
  const close = () => { for (const each of group) each.of = ends.length; group = []; ends = []; };
  for (const visit of visits) {
    if (ends.length && ends.every((end) => end <= visit.start)) close();
    let lane = ends.findIndex((end) => end <= visit.start);
    if (lane < 0) lane = ends.push(0) - 1;
    ends[lane] = visit.end;
    const one = { visit, lane, of: 1 };
    group.push(one);
    placed.push(one);
  }
  close();
  return placed;
}
