/**
 * Changes made to a form while its run is being created. Once the run is there, the form takes over its request, and with it
 * would go what was typed in between; so these are made again.
 */
interface Change {
  readonly section: string;
  readonly key: string;
}

export class EarlyChanges<C extends Change, Draft> {
  private changes = new Map<string, { readonly change: C; readonly draft: Draft }>();

  /** `draft`: what it was made in. */
  add(change: C, draft: Draft): void {
    this.changes.set(`${change.section}.${change.key}`, { change, draft });
  }

  /** Makes them again, and forgets them. */
  repeat(make: (change: C, draft: Draft) => void): void {
    const { changes } = this;
    this.clear();
    for (const { change, draft } of changes.values()) make(change, draft);
    // Made again, they were added again.
    this.clear();
  }

  clear(): void {
    this.changes = new Map();
  }
}
