package org.postrider.imap.session;

import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.storage.StorageException;

/** The store's refusals in the words of IMAP (RFC 5530). */
public final class StorageRefusal {
  private StorageRefusal() {}

  public static Completion of(StorageException e) {
    Plain code =
        switch (e.reason()) {
          case NOT_FOUND -> Plain.NONEXISTENT;
          case ALREADY_EXISTS -> Plain.ALREADYEXISTS;
          case BAD_NAME, CANNOT -> Plain.CANNOT;
          case IN_USE -> Plain.INUSE;
          case OVER_QUOTA, NO_SPACE -> Plain.OVERQUOTA;
          case LIMIT -> Plain.LIMIT;
          case TOO_BIG -> Plain.TOOBIG;
          case DAMAGED -> Plain.CORRUPTION;
          case UNAVAILABLE -> Plain.UNAVAILABLE;
        };
    String message = e.getMessage();
    return Completion.no(code, message == null ? "Refused" : message);
  }
}
