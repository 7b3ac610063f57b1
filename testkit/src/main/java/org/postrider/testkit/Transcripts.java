package org.postrider.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Finds transcript files among the test resources. */
public final class Transcripts {
  private Transcripts() {}

  /**
   * The {@code *.transcript} files in and below a resource directory, sorted.
   *
   * @throws IllegalArgumentException when there is none, so that a test of nothing does not pass
   */
  public static Stream<Path> in(String directory) throws IOException {
    URL url = Thread.currentThread().getContextClassLoader().getResource(directory);
    if (url == null) {
      throw new IllegalArgumentException("no resource directory " + directory);
    }
    URI uri;
    try {
      uri = url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    try (Stream<Path> files = Files.walk(Path.of(uri))) {
      Path[] found =
          files.filter(f -> f.toString().endsWith(".transcript")).sorted().toArray(Path[]::new);
      if (found.length == 0) {
        throw new IllegalArgumentException("no *.transcript in " + directory);
      }
      return Stream.of(found);
    }
  }
}
