package org.postrider.storage;

import org.jspecify.annotations.Nullable;

/**
 * A row of the table message.
 *
 * @param flags bits of {@link SystemFlag}
 * @param keywords bit set of {@link KeywordSet}, or null
 */
record MessageRow(
    long uid,
    long modSeq,
    int flags,
    byte @Nullable [] keywords,
    long internalDate,
    long saveDate,
    long size,
    long content) {

  MessageRow without(SystemFlag flag) {
    return new MessageRow(
        uid, modSeq, flags & ~flag.bit(), keywords, internalDate, saveDate, size, content);
  }
}
