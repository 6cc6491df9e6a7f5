/**
 * Rows picked by index, and added up by index. Elements of `gather` are 4 bytes, so f32 and i32 share it. Indices out of range
 * give zeros or are dropped; memory is never touched there.
 */
import { addRow, clear } from './lanes';

export function gather(x: usize, indices: usize, out: usize, outer: i32, axis: i32, count: i32, inner: i32): void {
  const row = inner << 2;
  for (; outer > 0; outer--) {
    for (let i = 0; i < count; i++) {
      const index = load<i32>(indices + (i << 2));
      if (<u32>index >= <u32>axis) clear(out, inner);
      else copyRow(x + index * row, out, inner);
      out += row;
    }
    x += axis * row;
  }
}

/** Short rows are cheaper by hand than by memory.copy. */
@inline
function copyRow(from: usize, to: usize, n: i32): void {
  if (n > 64) {
    memory.copy(to, from, <usize>n << 2);
    return;
  }
  for (; n >= 4; n -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<i32>(to, load<i32>(from));
    from += 4;
    to += 4;
  }
}

export function segmentSum(x: usize, ids: usize, out: usize, n: i32, inner: i32, segments: i32): void {
  clear(out, segments * inner);
  for (let i = 0; i < n; i++) {
    const id = load<i32>(ids + (i << 2));
    if (<u32>id < <u32>segments) addRow(x, out + ((id * inner) << 2), inner);
    x += inner << 2;
  }
}
