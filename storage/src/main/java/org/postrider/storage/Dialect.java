package org.postrider.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** What differs between database engines. */
sealed interface Dialect permits H2Dialect {
  /** Column types that have no common name, for the placeholders of the migrations. */
  Map<String, String> types();

  /** A query of one row and one column: the next block of a sequence. */
  String nextValue(String sequence);

  /** Appended to a SELECT whose row the transaction will update; starts with a space, or empty. */
  String forUpdate();

  /** The isolation level at which every query of a transaction sees the same moment. */
  int snapshotIsolation();

  /** Whether results of the connection's queries are read as they are asked for, not at once. */
  void streamResults(Connection connection, boolean stream) throws SQLException;

  /** Whether no other process can have the store open. */
  boolean exclusive();

  /**
   * Rolls back.
   *
   * @throws SQLException when something of the transaction may be left
   */
  void rollback(Connection writer) throws SQLException;

  /** Whether a query failed since the disk does not give back what was stored there. */
  boolean isDamage(SQLException e);

  /** Whether parts of the file hold less than that percentage of what they could. */
  boolean isSparse(Connection connection, int percent);

  /**
   * Writes what is left in the sparsest parts of the file anew, so that they become free.
   *
   * @param octets about how much is written
   * @return whether anything was
   */
  boolean rewriteSparse(Connection writer, int octets) throws SQLException;

  /**
   * Closes the files of a database that failed, without writing to them.
   *
   * @param writer the writer's connection
   */
  void abandon(Connection writer);

  /** Forgets an abandoned database, when nobody reads any more. */
  void release(Connection writer);

  /**
   * The space left for the database.
   *
   * @param reserve see {@link StoreSettings#reserveBytes}
   */
  DiskSpace space(long reserve);

  /** Octets the database takes on disk, or 0. */
  long octets(Connection connection) throws SQLException;
}
