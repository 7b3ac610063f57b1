package org.postrider.message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The messages in {@code src/test/resources/golden}, each with the digest it must have, which
 * {@code -Dpostrider.golden=write} writes anew.
 */
record Golden(String name, byte[] message, String expected) {
  private static final boolean WRITE = "write".equals(System.getProperty("postrider.golden"));

  static List<Golden> all() {
    Path folder = Path.of("src/test/resources/golden");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".eml"))
          .sorted()
          .map(Golden::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Golden of(Path file) {
    String name = file.getFileName().toString().replace(".eml", "");
    try {
      Path expected = file.resolveSibling(name + ".expected");
      if (WRITE) {
        Files.writeString(expected, DigestText.of(Digests.of(Files.readAllBytes(file))));
      }
      return new Golden(name, Files.readAllBytes(file), Files.readString(expected));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
