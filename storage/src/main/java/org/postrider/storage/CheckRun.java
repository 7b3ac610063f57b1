package org.postrider.storage;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the parts of a {@link StoreCheck} share: whom to tell, and whether to mend. */
final class CheckRun {
  /** Mends a violation within the writer's transaction, whatever happened since it was found. */
  @FunctionalInterface
  interface Repair {
    /** What was done. */
    String apply(Transaction transaction) throws SQLException;
  }

  private final Store store;
  private final boolean repairs;
  private final StoreCheck.Listener listener;
  private final Whereabouts whereabouts;
  private long violations;
  private long mended;

  CheckRun(Store store, boolean repairs, StoreCheck.Listener listener) {
    this.store = store;
    this.repairs = repairs;
    this.listener = listener;
    this.whereabouts = new Whereabouts(store);
  }

  Store store() {
    return store;
  }

  Database database() {
    return store.database();
  }

  StoreCheck.Listener listener() {
    return listener;
  }

  Whereabouts whereabouts() {
    return whereabouts;
  }

  long violations() {
    return violations;
  }

  long mended() {
    return mended;
  }

  /** Reports what cannot be mended, or was dealt with already. */
  void found(String invariant, String subject) {
    violations++;
    listener.violation(new Violation(invariant, subject, null));
  }

  /** Reports, and mends if that is wanted. */
  void found(String invariant, String subject, Repair repair) {
    violations++;
    String done = null;
    if (repairs) {
      done = mend(repair);
      mended += done == null ? 0 : 1;
    }
    listener.violation(new Violation(invariant, subject, done));
  }

  private @Nullable String mend(Repair repair) {
    try {
      return store
          .writer()
          .submit(
              0,
              tx -> {
                tx.settle();
                String text = repair.apply(tx);
                tx.settle();
                return text;
              });
    } catch (StorageException e) {
      if (store.writer().failure() != null) {
        throw e;
      }
      return null; // the violation is reported as one that stays; the writer logged why
    }
  }
}
