package org.postrider.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postrider.control.operation.Installation;

/** The values in effect: of each setting the first layer's that has one. */
final class Values {
  private static final String DEFAULT = "default";

  private final Map<Setting<?>, Object> values = new HashMap<>();
  private final Map<String, Layer.Located> texts = new HashMap<>();
  private final List<String> problems;

  /**
   * Reads all settings.
   *
   * @param problems gets a sentence for each value that is not allowed
   */
  Values(List<Layer> layers, List<String> problems) {
    this.problems = problems;
    read(Settings.DATA, layers, Path.of(""));
    Path data = get(Settings.DATA);
    for (Setting<?> setting : Settings.ALL) {
      if (!setting.equals(Settings.DATA)) {
        read(setting, layers, data);
      }
    }
  }

  private void read(Setting<?> setting, List<Layer> layers, Path data) {
    Optional<Layer.Located> set =
        layers.stream().flatMap(layer -> layer.find(setting.key()).stream()).findFirst();
    Layer.Located located =
        set.orElseGet(() -> new Layer.Located(setting.standard().apply(data), DEFAULT));
    texts.put(setting.key(), located);
    try {
      values.put(setting, setting.syntax().apply(located.value().strip()));
    } catch (IllegalArgumentException e) {
      problem(setting, String.valueOf(e.getMessage()));
      values.put(setting, setting.syntax().apply(setting.standard().apply(data)));
    }
  }

  /** Notes that a value is wrong, with its place. */
  void problem(Setting<?> setting, String sentence) {
    Layer.Located located = texts.getOrDefault(setting.key(), new Layer.Located("", DEFAULT));
    problems.add(
        located.place() + ": " + setting.key() + ": '" + located.value() + "': " + sentence + ".");
  }

  @SuppressWarnings("unchecked") // the value was made by the setting's own syntax
  <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    if (value == null) {
      throw new IllegalStateException(setting.key() + " is not in Settings.ALL");
    }
    return (T) value;
  }

  /** All settings with their origin; the data directory as an absolute path. */
  List<Installation.Entry> entries() {
    List<Installation.Entry> entries = new ArrayList<>();
    for (Setting<?> setting : Settings.ALL) {
      Layer.Located located = texts.getOrDefault(setting.key(), new Layer.Located("", DEFAULT));
      String value =
          setting.equals(Settings.DATA) ? get(Settings.DATA).toString() : located.value();
      entries.add(new Installation.Entry(setting.key(), value, located.place()));
    }
    return List.copyOf(entries);
  }
}
