package org.postrider.storage;

/**
 * What an account uses and may use (RFC 9208 STORAGE is octets / 1024, rounded up).
 *
 * @param bytesMax 0 for no limit
 * @param messagesMax 0 for no limit
 */
public record QuotaUsage(long bytes, long bytesMax, long messages, long messagesMax) {
  /** Whether a message of that many octets would still fit. */
  public boolean fits(long octets) {
    return (bytesMax == 0 || bytes + octets <= bytesMax)
        && (messagesMax == 0 || messages < messagesMax);
  }

  /** Whether there is no limit at all. */
  public boolean isUnlimited() {
    return bytesMax == 0 && messagesMax == 0;
  }
}
