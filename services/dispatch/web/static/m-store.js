// What the telephone keeps: the days to come, what was done and is not sent yet, and reports half written.

const NAME = "astreinte-m";

/** The store, on IndexedDB: whatever a method promised to keep is on the disk when it has ended. */
export class Store {
  static async open() {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("actions", { keyPath: "n", autoIncrement: true });
      asked.result.createObjectStore("kept");
    };
    return new Store(await ended(asked));
  }

  constructor(database) {
    this.database = database;
  }

  get(key) {
    return ended(this.database.transaction("kept").objectStore("kept").get(key));
  }

  set(key, value) {
    return this.change(["kept"], (kept) => kept.put(value, key));
  }

  /** What is being typed under a key: the last of it, as soon as what is being written has been. */
  draft(key) {
    let last = null;
    let writing = false;
    return async (value) => {
      last = value;
      if (writing) return;
      writing = true;
      try {
        while (last !== null) {
          const next = last;
          last = null;
          await this.change(["kept"], (kept) => kept.put(next, key), "relaxed");
        }
      } finally {
        writing = false;
      }
    };
  }

  forget(...keys) {
    return this.change(["kept"], (kept) => { for (const key of keys) kept.delete(key); });
  }

  /** Everything that somebody did and that is still here, in the order in which he did it. */
  async actions(by) {
    const all = await ended(this.database.transaction("actions").objectStore("actions").getAll());
    return all.filter((action) => action.by === by);
  }

  /** The visits on which somebody did or typed something that is still here. */
  async begun(by) {
    const keys = await ended(this.database.transaction("kept").objectStore("kept").getAllKeys());
    const drafts = keys.filter((key) => key.startsWith(`draft:${by}:`)).map((key) => key.slice(`draft:${by}:`.length));
    return new Set([...(await this.actions(by)).map(({ visit }) => visit), ...drafts]);
  }

  /** Keep actions, and nothing of the draft that they were made from. */
  add(made, draft = null) {
    return this.change(["actions", "kept"], (actions, kept) => {
      for (const action of made) actions.add(action);
      if (draft !== null) kept.delete(draft);
    });
  }

  put(...changed) {
    return this.change(["actions"], (actions) => { for (const action of changed) actions.put(action); });
  }

  /** Not kept any more, nor the pictures of what is not asked for then. */
  drop(...actions) {
    const keys = new Set(actions.map(({ key }) => key));
    return this.change(["actions"], (kept) => {
      for (const action of actions) kept.delete(action.n);
      each(kept, ({ after }) => keys.has(after), (_, cursor) => cursor.delete());
    });
  }

  /** The server has it: it is not kept any more, and the visit is what the server answered, in one step. */
  async settle(action, visit) {
    return this.change(["actions", "kept"], (actions, kept) => {
      actions.delete(action.n);
      if (action.verb === "close") kept.delete(`pictures:${action.by}:${action.visit}`);
      if (!visit?.id) return;
      if (action.verb === "open") each(actions, ({ after }) => after === action.key, (picture, cursor) => {
        const { after, ...rest } = picture;
        cursor.update({ ...rest, path: `/v1/tickets/${encodeURIComponent(visit.id)}/attachments` });
      });
      const asked = kept.get("day");
      asked.onsuccess = () => {
        const day = asked.result;
        const carried = day?.visits.find((each) => each.visit.id === visit.id);
        if (!carried) return;
        carried.visit = { ...carried.visit, ...visit };
        kept.put(day, "day");
      };
    });
  }

  change(stores, how, durability = "strict") {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(stores, "readwrite", { durability });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      how(...stores.map((name) => transaction.objectStore(name)));
    });
  }
}

function each(store, wanted, how) {
  store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    if (wanted(cursor.value)) how(cursor.value, cursor);
    cursor.continue();
  };
}

function ended(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
