package org.postrider.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use whom. */
@AnalyzeClasses(
    packages = "org.postrider",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.Shipped.class})
class ArchitectureTest {
  private static final String MESSAGE = "message";
  private static final String STORAGE = "storage";
  private static final String AUTH = "auth";
  private static final String WIRE = "wire";
  private static final String SMTP = "smtp";
  private static final String POP3 = "pop3";
  private static final String IMAP = "imap";
  private static final String CONTROL = "control";
  private static final String CLI = "cli";
  private static final String SERVER = "server";

  /** The testkit and jars of tests are on the class path of tests, and are nobody's layer. */
  static final class Shipped implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/testkit/")
          && !location.contains("postrider-testkit")
          && !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule DOWNWARD =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer(MESSAGE)
          .definedBy("org.postrider.message..")
          .layer(STORAGE)
          .definedBy("org.postrider.storage..")
          .layer(AUTH)
          .definedBy("org.postrider.auth..")
          .layer(WIRE)
          .definedBy("org.postrider.wire..")
          .layer(SMTP)
          .definedBy("org.postrider.smtp..")
          .layer(POP3)
          .definedBy("org.postrider.pop3..")
          .layer(IMAP)
          .definedBy("org.postrider.imap..")
          .layer(CONTROL)
          .definedBy("org.postrider.control..")
          .layer(CLI)
          .definedBy("org.postrider.cli..")
          .layer(SERVER)
          .definedBy("org.postrider.server..")
          .whereLayer(SERVER)
          .mayNotBeAccessedByAnyLayer()
          .whereLayer(CLI)
          .mayOnlyBeAccessedByLayers(SERVER)
          .whereLayer(CONTROL)
          .mayOnlyBeAccessedByLayers(CLI, SERVER)
          .whereLayer(SMTP)
          .mayOnlyBeAccessedByLayers(SERVER)
          .whereLayer(POP3)
          .mayOnlyBeAccessedByLayers(SERVER)
          .whereLayer(IMAP)
          .mayOnlyBeAccessedByLayers(SERVER)
          .whereLayer(WIRE)
          .mayOnlyBeAccessedByLayers(SMTP, POP3, IMAP, SERVER)
          .whereLayer(AUTH)
          .mayOnlyBeAccessedByLayers(SMTP, POP3, IMAP, CONTROL, SERVER)
          .whereLayer(STORAGE)
          .mayOnlyBeAccessedByLayers(SMTP, POP3, IMAP, CONTROL, SERVER)
          .whereLayer(MESSAGE)
          .mayOnlyBeAccessedByLayers(STORAGE, SMTP, POP3, IMAP, CONTROL);

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.postrider.(**)").should().beFreeOfCycles();

  @ArchTest static final ArchRule NETTY = only("io.netty..", "org.postrider.wire..");

  @ArchTest static final ArchRule JDBC = only("java.sql..", "org.postrider.storage..");
  @ArchTest static final ArchRule JDBC_EXTENSIONS = only("javax.sql..", "org.postrider.storage..");
  @ArchTest static final ArchRule JDBI = only("org.jdbi..", "org.postrider.storage..");
  @ArchTest static final ArchRule H2 = only("org.h2..", "org.postrider.storage..");
  @ArchTest static final ArchRule HIKARI = only("com.zaxxer..", "org.postrider.storage..");
  @ArchTest static final ArchRule ICU = only("com.ibm.icu..", "org.postrider.message..");

  @ArchTest
  static final ArchRule LUCENE = only("org.apache.lucene..", "org.postrider.storage.index..");

  @ArchTest static final ArchRule FLYWAY = only("org.flywaydb..", "org.postrider.storage..");

  @ArchTest
  static final ArchRule PICOCLI =
      only("picocli..", "org.postrider.cli..", "org.postrider.server..");

  @ArchTest
  static final ArchRule JACKSON =
      only(
          "tools.jackson..",
          "org.postrider.control..",
          "org.postrider.smtp.check..",
          "org.postrider.server..");

  @ArchTest static final ArchRule LOGBACK = only("ch.qos.logback..", "org.postrider.server..");

  @ArchTest
  static final ArchRule PURE =
      noClasses()
          .that()
          .resideInAnyPackage("org.postrider.message..", "org.postrider.auth..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.channels..", "java.nio.file..");

  @ArchTest
  static final ArchRule NAMES =
      classes()
          .should()
          .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl|Abstract\\w*)(\\$.*)?");

  private static ArchRule only(String library, String... users) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(users)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }
}
