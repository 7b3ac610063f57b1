package org.postrider.storage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.flywaydb.core.Flyway;

/**
 * The versions of the schema, each a migration {@code V<number>__….sql}.
 *
 * @param newest the version of the newest migration
 * @param locations of the migrations
 */
record Schema(int newest, List<String> locations) {
  /** What this version of Postrider knows. */
  static final Schema CURRENT = new Schema(7, List.of("classpath:org/postrider/storage/migration"));

  /**
   * @throws StorageException CANNOT when a backup is of a version that is newer
   */
  void requireKnown(int version) {
    if (version > newest) {
      throw new StorageException(
          StorageException.Reason.CANNOT,
          "The backup is of a newer Postrider (schema "
              + version
              + ", this one knows "
              + newest
              + "); restore it with that one");
    }
  }

  /** The version of a database; 0 when it is empty. */
  static int version(Connection connection) throws SQLException {
    try (ResultSet tables =
        connection.getMetaData().getTables(null, null, "flyway_schema_history", null)) {
      if (!tables.next()) {
        return 0;
      }
    }
    try (Statement s = connection.createStatement();
        ResultSet rs =
            s.executeQuery(
                "SELECT MAX(CAST(\"version\" AS INT)) FROM \"flyway_schema_history\" WHERE"
                    + " \"success\"")) {
      return rs.next() ? rs.getInt(1) : 0;
    }
  }

  /**
   * Brings a database up to a version. A migration of H2 is not a transaction: each of its
   * definitions is committed by itself.
   *
   * @throws org.flywaydb.core.api.FlywayException when that fails, perhaps half-way
   */
  void migrate(String jdbcUrl, Dialect dialect, int version) {
    Flyway.configure()
        .dataSource(jdbcUrl, "sa", "")
        .locations(locations.toArray(String[]::new))
        .placeholders(dialect.types())
        .target(String.valueOf(version))
        .load()
        .migrate();
  }
}
