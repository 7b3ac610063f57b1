package org.postrider.storage;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What an index of the contents' text goes by: the contents in the order of their ids, and a stamp
 * that tells whether the index belongs to this store. Ids are given out in ascending order and
 * never twice, but a long content gets its id before it is there: those ids are told apart.
 */
public final class ContentFeed {
  private static final String NEXT =
      "SELECT id, size, created, refs FROM content WHERE id > ? ORDER BY id LIMIT ?";
  private static final String SOME =
      "SELECT id, size, created, refs FROM content WHERE id = ANY(?)";
  private static final String STAGES =
      "SELECT u.content FROM unreferenced u WHERE u.content > ? AND u.content <= ? AND NOT EXISTS"
          + " (SELECT 1 FROM content c WHERE c.id = u.content) LIMIT 10000";
  private static final String STAGES_STILL =
      "SELECT u.content FROM unreferenced u WHERE u.content = ANY(?) AND NOT EXISTS (SELECT 1 FROM"
          + " content c WHERE c.id = u.content)";
  private static final String EXISTING =
      "SELECT id FROM content WHERE id BETWEEN ? AND ? ORDER BY id";

  private final Database database;
  private final Writer writer;
  private final Clock clock;

  ContentFeed(Database database, Writer writer, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.clock = clock;
  }

  /** A content that something refers to, with its size in octets. */
  public record Fed(ContentId content, long size) {}

  /**
   * Some contents.
   *
   * @param contents by id
   * @param last all up to that id were looked at
   * @param coming ids up to {@code last} of contents that may still come
   */
  public record Batch(List<Fed> contents, long last, List<Long> coming) {}

  /**
   * Which index belongs to the store.
   *
   * @param token of the index
   * @param generation of its last commit, or of one that did not come about
   */
  public record Stamp(long token, long generation) {}

  /**
   * The contents after an id. It ends before one that is too young: what is only passed on to other
   * servers is mostly gone soon.
   *
   * @param ageMillis how old the contents are at least
   */
  public Batch next(long after, int limit, long ageMillis) {
    long youngest = clock.millis() - ageMillis;
    return database.readOneMoment(connection -> {
      List<Fed> contents = new ArrayList<>();
      long last = after;
      try (PreparedStatement query = connection.prepareStatement(NEXT)) {
        query.setLong(1, after);
        query.setInt(2, limit);
        try (ResultSet rs = query.executeQuery()) {
          while (rs.next() && (rs.getLong(3) <= youngest || rs.getLong(3) > youngest + ageMillis)) {
            last = rs.getLong(1);
            add(rs, contents);
          }
        }
      }
      List<Long> coming = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(STAGES)) {
        query.setLong(1, after);
        query.setLong(2, last);
        addIds(query, coming);
      }
      return new Batch(List.copyOf(contents), last, List.copyOf(coming));
    });
  }

  /**
   * Those contents of which {@link #next} said that they may come.
   *
   * @return those that came, and those that may still come; {@code last} says nothing
   */
  public Batch come(List<Long> coming) {
    return database.readOneMoment(connection -> {
      Array ids = connection.createArrayOf("BIGINT", coming.toArray());
      List<Fed> contents = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(SOME)) {
        query.setArray(1, ids);
        try (ResultSet rs = query.executeQuery()) {
          while (rs.next()) {
            add(rs, contents);
          }
        }
      }
      List<Long> still = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(STAGES_STILL)) {
        query.setArray(1, ids);
        addIds(query, still);
      }
      return new Batch(List.copyOf(contents), 0, List.copyOf(still));
    });
  }

  private static void add(ResultSet rs, List<Fed> contents) throws SQLException {
    if (rs.getLong(4) > 0) {
      contents.add(new Fed(new ContentId(rs.getLong(1)), rs.getLong(2)));
    }
  }

  private static void addIds(PreparedStatement query, List<Long> ids) throws SQLException {
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        ids.add(rs.getLong(1));
      }
    }
  }

  /** Which contents there are, with {@code first <= id <= last}. */
  public List<Long> existing(long first, long last) {
    return database.read(connection -> {
      List<Long> ids = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(EXISTING)) {
        query.setLong(1, first);
        query.setLong(2, last);
        addIds(query, ids);
      }
      return ids;
    });
  }

  /** The id of the newest content, 0 when there is none. */
  public long newest() {
    return database.read(connection -> {
      try (PreparedStatement query = connection.prepareStatement("SELECT MAX(id) FROM content");
          ResultSet rs = query.executeQuery()) {
        return rs.next() ? rs.getLong(1) : 0;
      }
    });
  }

  /** The stamp of the store; one that never had an index gets its token. */
  public Stamp stamp() {
    Stamp stamp = database.read(ContentFeed::read);
    if (stamp.token == 0) {
      long token = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
      writer.submit(
          0, tx -> tx.execute("UPDATE search_index SET token = ? WHERE token = 0", token));
      stamp = database.read(ContentFeed::read);
    }
    return stamp;
  }

  /**
   * Raises the generation. When it returns that is durable, and so is all that was read of the
   * store before.
   */
  public Stamp advance() {
    stamp();
    writer.submit(0, tx -> tx.execute("UPDATE search_index SET generation = generation + 1"));
    return database.read(ContentFeed::read);
  }

  private static Stamp read(Connection connection) throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement("SELECT token, generation FROM search_index");
        ResultSet rs = query.executeQuery()) {
      return rs.next() ? new Stamp(rs.getLong(1), rs.getLong(2)) : new Stamp(0, 0);
    }
  }
}
