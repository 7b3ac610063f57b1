package org.postrider.control;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.OperationTable;
import org.postrider.control.operation.Refusal;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The lines of the control protocol. A request is {@code {"operation": NAME, "arguments": {...}}};
 * a server answers any number of {@code {"progress": {...}}}, then {@code {"reply": {...}}} or
 * {@code {"refusal": {"reason": ..., "message": ...}}}.
 */
public final class ControlJson {
  /** Strict: an argument that is not known must not be left out silently. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private ControlJson() {}

  /** What a server sends. */
  sealed interface Event {
    record Progress(String what, long done, long total) implements Event {}

    record Reply(JsonNode reply) implements Event {}

    record Refused(Refusal refusal) implements Event {}
  }

  /** A record as JSON for people and scripts: indented, nulls written. */
  public static String text(Record value) {
    return MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
  }

  static <R extends Record> String request(Operation<R> operation) {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("operation", OperationTable.of(operation).name());
    line.set("arguments", MAPPER.valueToTree(operation));
    return MAPPER.writeValueAsString(line);
  }

  /**
   * Reads a request.
   *
   * @throws Refusal when it is none of ours, for instance from a newer command line
   */
  static Operation<?> readRequest(String line) throws Refusal {
    try {
      JsonNode request = MAPPER.readTree(line);
      String name = request.path("operation").asString("");
      Optional<OperationTable.Row<?, ?>> row = OperationTable.named(name);
      if (row.isEmpty()) {
        throw new Refusal(
            Refusal.Reason.BAD_ARGUMENT,
            "The running server does not know '"
                + name
                + "': restart it, it is of another version than this command.");
      }
      return MAPPER.treeToValue(request.path("arguments"), row.get().request());
    } catch (JacksonException e) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "The running server does not understand the request: " + e.getOriginalMessage());
    }
  }

  static String progress(String what, long done, long total) {
    ObjectNode line = MAPPER.createObjectNode();
    line.putObject("progress").put("what", what).put("done", done).put("total", total);
    return MAPPER.writeValueAsString(line);
  }

  static String reply(Record reply) {
    ObjectNode line = MAPPER.createObjectNode();
    line.set("reply", MAPPER.valueToTree(reply));
    return MAPPER.writeValueAsString(line);
  }

  static String refusal(Refusal refusal) {
    ObjectNode line = MAPPER.createObjectNode();
    line.putObject("refusal")
        .put("reason", refusal.reason().name())
        .put("message", refusal.sentence());
    return MAPPER.writeValueAsString(line);
  }

  /** A refusal as {@code --json} shows it. */
  public static String text(Refusal refusal) {
    return refusal(refusal);
  }

  static Event readEvent(String line) {
    JsonNode event = MAPPER.readTree(line);
    @Nullable JsonNode progress = event.get("progress");
    if (progress != null) {
      return new Event.Progress(
          progress.path("what").asString(""),
          progress.path("done").asLong(0),
          progress.path("total").asLong(0));
    }
    @Nullable JsonNode reply = event.get("reply");
    if (reply != null) {
      return new Event.Reply(reply);
    }
    JsonNode refusal = event.path("refusal");
    return new Event.Refused(
        new Refusal(
            Refusal.Reason.valueOf(refusal.path("reason").asString("CANNOT")),
            refusal.path("message").asString("The server gave no reason.")));
  }

  static <R extends Record> R readReply(JsonNode reply, Class<R> type) {
    return MAPPER.treeToValue(reply, type);
  }
}
