package org.postrider.server.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postrider.control.operation.NearestName;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** Reads a YAML file into keys with dots; every value knows its line. */
final class YamlFile {
  private static final long FILE_BYTES_MAX = 1 << 20;

  private final Path path;
  private final List<String> problems;
  private final Map<String, Layer.Located> values = new TreeMap<>();

  private YamlFile(Path path, List<String> problems) {
    this.path = path;
    this.problems = problems;
  }

  /**
   * Reads the file.
   *
   * @param problems gets a sentence, with file and line, for each thing that is wrong
   */
  static Layer read(Path path, List<String> problems) {
    YamlFile file = new YamlFile(path, problems);
    try {
      if (Files.size(path) > FILE_BYTES_MAX) {
        problems.add(path + " is larger than a megabyte: that is no configuration.");
      } else {
        file.read();
      }
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      problems.add(path + ":" + line + ": this is not YAML: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      problems.add(path + " cannot be read: " + e.getMessage());
    }
    return new Layer(file.values);
  }

  private void read() throws IOException {
    try (Reader reader = Files.newBufferedReader(path);
        JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), reader)) {
      JsonToken first = parser.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return;
      }
      if (first != JsonToken.START_OBJECT) {
        problems.add(path + ":1: keys are expected, like `hostname: mail.example.org`.");
        return;
      }
      object(parser);
    }
  }

  /** Reads on to the end of the outermost object. */
  private void object(JsonParser parser) {
    Deque<String> prefixes = new ArrayDeque<>();
    prefixes.push("");
    String key = "";
    while (!prefixes.isEmpty()) {
      JsonToken token = parser.nextToken();
      int line = parser.currentTokenLocation().getLineNr();
      if (token == null) {
        return;
      }
      switch (token) {
        case PROPERTY_NAME -> key = prefixes.getFirst() + parser.currentName();
        case START_OBJECT -> prefixes.push(key + ".");
        case END_OBJECT -> prefixes.pop();
        case START_ARRAY -> put(key, list(parser, key), line);
        case VALUE_NULL ->
            problems.add(path + ":" + line + ": " + key + " has no value: give one or remove it.");
        default -> put(key, parser.getString(), line);
      }
    }
  }

  private String list(JsonParser parser, String key) {
    StringBuilder items = new StringBuilder();
    for (JsonToken token = parser.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token.isStructStart()) {
        int line = parser.currentTokenLocation().getLineNr();
        problems.add(path + ":" + line + ": " + key + " is a list of plain values.");
        parser.skipChildren();
      } else {
        items.append(items.isEmpty() ? "" : ",").append(parser.getString());
      }
    }
    return items.toString();
  }

  private void put(String key, String value, int line) {
    String place = path + ":" + line;
    if (!Settings.keys().contains(key)) {
      problems.add(
          place
              + ": there is no setting "
              + key
              + NearestName.of(key, Settings.keys())
                  .map(nearest -> "; did you mean " + nearest + "?")
                  .orElse("; the settings are " + String.join(", ", Settings.keys()) + "."));
    } else if (values.putIfAbsent(key, new Layer.Located(value, place)) != null) {
      problems.add(place + ": " + key + " is set for the second time.");
    }
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
