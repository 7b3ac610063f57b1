package org.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Service;
import org.postrider.storage.StoreSettings;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class CommandLineProgramTest {
  @TempDir Path data;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");
    return CommandLineProgram.commandLine(
            new InDirectory(data),
            List.of(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments)
        .execute(arguments);
  }

  private record InDirectory(Path data) implements Installations {
    @Override
    public Installation load(Path option, Path config) {
      return new Installation(
          "7",
          data,
          StoreSettings.inDirectory(data),
          "mx.example.org",
          Map.of(Service.IMAPS, 993, Service.POP3, 110, Service.SMTPS, 465),
          List.of(new Installation.Entry("hostname", "mx.example.org", "default")));
    }

    @Override
    public String version() {
      return "7";
    }
  }

  static Stream<CommandLine> commands() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return descendants(
        CommandLineProgram.commandLine(
            new InDirectory(Path.of("")), List.of(), nowhere, nowhere, "completion"));
  }

  private static Stream<CommandLine> descendants(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(CommandLineProgramTest::descendants));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpHasAnExampleThatCanBeParsed(CommandLine command) {
    String usage = command.getUsageMessage();
    assertThat(usage).contains("Example");
    assertThat(usage.lines()).as("fits a terminal").allMatch(line -> line.length() <= 80);
    for (String line : usage.substring(usage.indexOf("Example")).lines().toList()) {
      int start = line.indexOf("postrider ");
      if (start >= 0 && !line.contains("serve") && !line.contains(" try") && !line.contains("<(")) {
        String example = line.substring(start + 10).replaceAll("\\s{3,}.*| > .*| \\|\\| .*", "");
        parse(example.replace("'", ""));
      }
    }
  }

  /** Throws when the example is wrong. */
  private static void parse(String example) {
    String[] arguments = example.split(" ");
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    CommandLineProgram.commandLine(
            new InDirectory(Path.of("")), List.of(), nowhere, nowhere, arguments)
        .parseArgs(arguments);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsDescribed(CommandLine command) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      assertThat(option.description()).as(option.longestName()).isNotEmpty();
    }
    assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
  }

  @Test
  void addsAUserAndSaysWhatMailClientsNeed() {
    assertThat(run("user add --generate alice@example.org")).isZero();
    assertThat(out.toString())
        .contains("Added alice@example.org; the domain example.org is new.")
        .containsPattern("Password \\(shown this once\\): \\w{20}")
        .containsPattern("IMAP +mx.example.org +993 +SSL/TLS +Normal password +alice@example.org")
        .containsPattern("POP3 +mx.example.org +110 +STARTTLS")
        .containsPattern("SMTP +mx.example.org +465 +SSL/TLS");
    assertThat(run("user list")).isZero();
    assertThat(out.toString()).contains("alice@example.org").contains("enabled");
    assertThat(run("folder create alice@example.org Projects")).isZero();
    assertThat(run("folder list alice@example.org")).isZero();
    assertThat(out.toString()).containsPattern("Projects +0 +0 +0 B +yes");
    assertThat(run("user quota alice@example.org --size 2GB")).isZero();
    assertThat(out.toString()).contains("(quota: 2.0 GB)");
    assertThat(run("user set alice@example.org --hold-seconds 30")).isZero();
    assertThat(run("user show alice@example.org")).isZero();
    assertThat(out.toString()).containsPattern("Hold +30 s before mail is sent");
    assertThat(run("user set alice@example.org --hold-seconds default")).isZero();
    assertThat(out.toString()).isEqualTo("alice@example.org: hold as queue.hold-seconds says.\n");
    assertThat(run("alias add info@example.org alice@example.org bob@example.net")).isZero();
    assertThat(out.toString())
        .isEqualTo("info@example.org leads to alice@example.org, bob@example.net.\n");
    assertThat(run("alias set info@example.org --posting members")).isZero();
    assertThat(out.toString())
        .endsWith("Owner: owner-info@example.org, if it is there; may write to it: members.\n");
    assertThat(run("alias set info@example.org --owner alice@example.org")).isZero();
    assertThat(run("alias list")).isZero();
    assertThat(out.toString())
        .containsPattern("info@example.org .*bob@example.net +alice@example.org +members");
    assertThat(run("alias set info@example.org --posting nobody")).isEqualTo(1);
    assertThat(run("alias set info@example.org")).isEqualTo(1);
    assertThat(run("user remove alice@example.org")).isZero();
    assertThat(out.toString()).contains("kept for 14 days");
    assertThat(run("user list --removed")).isZero();
    assertThat(out.toString()).containsPattern("alice@example.org +0 +0 B +20");
    assertThat(run("user restore alice@example.org")).isZero();
    assertThat(out.toString()).contains("postrider user password alice@example.org");
    assertThat(run("folder delete alice@example.org Projects")).isZero();
    assertThat(run("folder list alice@example.org --deleted")).isZero();
    assertThat(out.toString()).containsPattern("Projects +0 +0 B +20");
    assertThat(run("folder restore alice@example.org Projects")).isZero();
    assertThat(out.toString()).isEqualTo("Restored Projects with 0 messages (0 B).\n");
    assertThat(run("message list alice@example.org --deleted")).isZero();
    assertThat(out.toString()).isEqualTo("0 deleted messages can be restored to INBOX, 0 B.\n");
    assertThat(run("message restore alice@example.org --deleted-since yesterday --dry-run"))
        .isZero();
    assertThat(out.toString()).startsWith("Would restore 0 messages");
  }

  @Test
  void backsUpAndRestores() {
    Path backup = data.resolve("backup");
    assertThat(run("user add --generate alice@example.org")).isZero();
    assertThat(run("backup " + backup + " --verify --keep 2")).isZero();
    assertThat(out.toString())
        .startsWith("Backed up 1 users, 0 messages, 0 B as 20")
        .contains("restored for a trial: it is sound.");
    assertThat(run("backup list " + backup)).isZero();
    assertThat(out.toString()).containsPattern("20\\S+Z +1 +0 +0 B +0");
    assertThat(run("backup verify " + backup)).isZero();
    assertThat(run("status")).isZero();
    assertThat(out.toString()).contains("Last backup 20").contains(", verified 20");
    assertThat(run("restore " + backup)).isEqualTo(1);
    assertThat(err.toString()).contains("There is a store in");
    assertThat(run("backup")).isEqualTo(2);
    assertThat(run("folder delete alice@example.org Junk")).isZero();
    assertThat(run("restore " + backup + " --user alice@example.org --dry-run")).isZero();
    assertThat(out.toString())
        .startsWith("Would restore 0 messages of alice@example.org from 20")
        .containsPattern("FOLDER +WITH ITS UID +WITH A NEW UID +THERE +FAILED\n")
        .containsPattern("INBOX +0 +0 +0 +0\n")
        .containsPattern("Junk +0 +0 +0 +0 +was deleted and is brought back\n");
    assertThat(run("restore " + backup + " --user alice@example.org --folder Junk --json"))
        .isZero();
    assertThat(out.toString()).contains("\"into\" : \"BROUGHT_BACK\"");
    assertThat(run("restore " + backup + " --user bob@example.org")).isEqualTo(1);
    assertThat(run("restore " + backup + " --folder Junk")).isEqualTo(2);
  }

  @Test
  void jsonForScripts() {
    assertThat(run("--json domain add example.org")).isZero();
    assertThat(out.toString()).isEqualToIgnoringWhitespace("{\"domain\": \"example.org\"}");
    assertThat(run("domain list --json")).isZero();
    assertThat(out.toString())
        .isEqualToIgnoringWhitespace(
            "{\"domains\":[{\"name\":\"example.org\",\"users\":0,\"aliases\":0}]}");
    assertThat(run("user show alice@example.org --json")).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("{\"refusal\":{\"reason\":\"NOT_FOUND\",\"message\":");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "usr list",
        "user",
        "user ad alice@example.org",
        "user add",
        "user add a@example.org b@example.org",
        "user add alice@example.org",
        "user quota alice@example.org --size lots",
        "user quota alice@example.org --messages lots",
        "user set alice@example.org",
        "user set alice@example.org --hold-seconds long",
        "folder create alice@example.org",
        "message restore alice@example.org",
        "message restore alice@example.org --all --uid 3",
        "message list alice@example.org --deleted-since soon",
        "completion tcsh",
        "user list --verbose"
      })
  void wrongUsage(String line) {
    assertThat(run(line)).isEqualTo(CommandLineProgram.EXIT_USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("postrider: ").hasLineCount(2);
  }

  @Test
  void refusals() {
    assertThat(run("domain add example.org")).isZero();
    assertThat(run("user show bob")).isEqualTo(CommandLineProgram.EXIT_REFUSED);
    assertThat(err.toString())
        .isEqualTo(
            "postrider: 'bob' is not an address: write name@domain, for instance"
                + " alice@example.org.\n");
    assertThat(run("domain remove example.com")).isEqualTo(CommandLineProgram.EXIT_REFUSED);
    assertThat(err.toString()).hasLineCount(1);
  }

  @Test
  void noCommandIsLookedAtThatIsNotNamed() {
    List<Noun> broken =
        List.of(
            new Noun(
                "broken",
                "Never made.",
                () -> {
                  throw new AssertionError("made");
                }));
    String[] arguments = {"--help"};
    PrintWriter writer = new PrintWriter(out, true);
    CommandLine program =
        CommandLineProgram.commandLine(new InDirectory(data), broken, writer, writer, arguments);
    assertThat(program.execute(arguments)).isZero();
    assertThat(out.toString()).contains("broken").contains("Never made.");
  }

  @Test
  void completionKnowsEveryCommand() {
    assertThat(run("completion bash")).isZero();
    assertThat(out.toString())
        .contains("complete -F _complete_postrider")
        .contains("unsubscribe")
        .contains("--password-stdin");
  }

  @Test
  void quietStatusIsAnExitCode() {
    assertThat(run("domain add example.org")).isZero();
    assertThat(run("status --quiet")).isEqualTo(1);
    assertThat(out.toString() + err).isEmpty();
    assertThat(run("status")).isZero();
    assertThat(out.toString()).contains("Not running").contains("0 users");
  }

  @Test
  void version() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).isEqualTo("postrider 7\n");
  }
}
