package org.postrider.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.EOFException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contents whose bytes the disk does not give back as they came. Whoever asks for one is
 * refused before anything is sent; everything else goes on. A content leaves when its bytes are
 * found right again, or when it is swept.
 */
final class Quarantine {
  private static final Logger log = LoggerFactory.getLogger(Quarantine.class);

  /** More than that is a disk that fails, not messages that are damaged. */
  private static final int CONTENTS_MAX = 100_000;

  private static final Duration UNREAD_FOR = Duration.ofMinutes(1);
  private static final int WHY_MAX = 200;
  static final String UNREADABLE = "it cannot be read";
  private static final String ALL = "SELECT content FROM quarantine LIMIT " + CONTENTS_MAX;
  private static final String INSERT =
      "INSERT INTO quarantine (content, found_at, why) VALUES (?, ?, ?)";
  private static final String DELETE = "DELETE FROM quarantine WHERE content = ?";

  private final Writer writer;
  private final Clock clock;
  private final Set<Long> contents = ConcurrentHashMap.newKeySet();

  /** What the disk would not read just now; it is asked again when they are forgotten. */
  private final Cache<Long, Boolean> unread =
      Caffeine.newBuilder().maximumSize(CONTENTS_MAX).expireAfterWrite(UNREAD_FOR).build();

  Quarantine(Database database, Writer writer, Clock clock) {
    this.writer = writer;
    this.clock = clock;
    contents.addAll(database.read(Quarantine::load));
  }

  private static List<Long> load(Connection connection) throws SQLException {
    List<Long> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(ALL);
        ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        found.add(rs.getLong(1));
      }
    }
    return found;
  }

  boolean has(long content) {
    return (!contents.isEmpty() && contents.contains(content))
        || unread.getIfPresent(content) != null;
  }

  /**
   * Puts a content in that a query could not read. When the disk gave an error instead of bytes, it
   * is for a moment alone: they may well be right.
   */
  void add(long content, StorageException failure) {
    if (isFailingDisk(failure)) {
      log.warn("content {} cannot be read now: {}", content, failure.getMessage());
      unread.put(content, true);
    } else {
      add(content, UNREADABLE);
    }
  }

  /** A read beyond the end is no failure of the disk: a damaged page led there. */
  private static boolean isFailingDisk(StorageException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return !(cause instanceof EOFException);
      }
    }
    return false;
  }

  int size() {
    return contents.size();
  }

  /** Puts a content in, durably; whether it is new there. */
  boolean add(long content, String why) {
    if (contents.size() >= CONTENTS_MAX || !contents.add(content)) {
      return false;
    }
    log.warn("content {} is damaged: {}", content, why);
    try {
      writer.submit(
          0,
          tx ->
              tx.execute(
                  INSERT,
                  content,
                  clock.millis(),
                  why.length() > WHY_MAX ? why.substring(0, WHY_MAX) : why));
    } catch (StorageException e) {
      log.warn("content {} is known to be damaged until the next start only", content, e);
    }
    return true;
  }

  /** Lets a content go whose bytes are right, or that is there no more. */
  void remove(long content) {
    if (contents.contains(content)) {
      writer.submit(0, tx -> tx.execute(DELETE, content));
      contents.remove(content);
    }
  }

  static StorageException damaged() {
    return new StorageException(
        StorageException.Reason.DAMAGED,
        "The message is damaged on the server's disk; ask your postmaster");
  }
}
