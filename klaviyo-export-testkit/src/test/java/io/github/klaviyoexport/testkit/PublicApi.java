package io.github.klaviyoexport.testkit;

import static java.util.Comparator.comparing;
import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collector;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The public API of a module as sorted lines of text: every type and member that code outside the
 * module can name.
 *
 * <p>Everything is public unless it says {@code protected}. Types of the JDK and of this project
 * are written without their package. What every object, record or enum has is left out.
 */
final class PublicApi {
  private static final String OURS = "io.github.klaviyoexport";
  private static final Set<String> OF_EVERY_OBJECT =
      Set.of("equals(Object)", "hashCode()", "toString()");
  private static final Set<String> OF_EVERY_ENUM = Set.of("values()", "valueOf(String)");

  private PublicApi() {}

  /**
   * Reads compiled classes.
   *
   * @param classes the folder they were compiled to; they are on the class path too
   */
  static List<String> of(Path classes) {
    Predicate<String> exported = exportedPackages(classes);
    var types = new TreeMap<String, TreeMap<String, Class<?>>>();
    for (Class<?> type : typesIn(classes)) {
      if (exported.test(type.getPackageName()) && isVisible(type)) {
        types
            .computeIfAbsent(type.getPackageName(), name -> new TreeMap<>())
            .put(nameOf(type), type);
      }
    }
    var lines = new ArrayList<String>();
    types.forEach(
        (packageName, members) -> {
          lines.addAll(lines.isEmpty() ? List.of() : List.of(""));
          lines.add("package " + packageName);
          members.values().forEach(type -> addType(type, lines));
        });
    return lines;
  }

  /** Without a module descriptor, all packages are open to users except those named internal. */
  private static Predicate<String> exportedPackages(Path classes) {
    Path descriptor = classes.resolve("module-info.class");
    if (Files.notExists(descriptor)) {
      return name -> !List.of(name.split("\\.")).contains("internal");
    }
    try (InputStream in = Files.newInputStream(descriptor)) {
      var exports = new TreeSet<String>();
      for (ModuleDescriptor.Exports export : ModuleDescriptor.read(in).exports()) {
        if (!export.isQualified()) {
          exports.add(export.source());
        }
      }
      return exports::contains;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Class<?>> typesIn(Path classes) {
    try (Stream<Path> files = Files.walk(classes)) {
      var types = new ArrayList<Class<?>>();
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = classes.relativize(file).toString().replace('/', '.').replace('\\', '.');
        if (name.endsWith(".class") && !name.endsWith("-info.class")) {
          name = name.substring(0, name.length() - ".class".length());
          types.add(Class.forName(name, false, PublicApi.class.getClassLoader()));
        }
      }
      return types;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(classes + " is not on the class path of the tests", e);
    }
  }

  private static boolean isVisible(Class<?> type) {
    return !type.isAnonymousClass()
        && !type.isLocalClass()
        && isVisible(type.getModifiers())
        && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void addType(Class<?> type, List<String> lines) {
    lines.add("");
    lines.add(header(type));
    addMembers(Stream.of(type.getDeclaredFields()), lines);
    addMembers(
        Stream.of(type.getDeclaredConstructors()).filter(not(PublicApi::isCanonical)), lines);
    addMembers(
        methodsOf(type).filter(not(PublicApi::isOfEvery)).filter(not(PublicApi::isRecordAccessor)),
        lines);
  }

  private static void addMembers(Stream<? extends Member> members, List<String> lines) {
    members
        .filter(member -> isVisible(member.getModifiers()) && !member.isSynthetic())
        .sorted(comparing(Member::getName).thenComparing(member -> describe(member)))
        .forEach(member -> lines.add("  " + describe(member)));
  }

  /** The methods that the type declares or has from superclasses that users cannot see. */
  private static Stream<Method> methodsOf(Class<?> type) {
    Stream<Method> declared = Stream.of(type.getDeclaredMethods());
    Class<?> parent = type.getSuperclass();
    return parent == null || isVisible(parent)
        ? declared
        : Stream.concat(declared, methodsOf(parent));
  }

  private static boolean isOfEvery(Method method) {
    String signature = method.getName() + "(" + parametersOf(method) + ")";
    return OF_EVERY_OBJECT.contains(signature)
        || (method.getDeclaringClass().isEnum() && OF_EVERY_ENUM.contains(signature));
  }

  private static boolean isCanonical(Constructor<?> constructor) {
    Class<?> type = constructor.getDeclaringClass();
    return type.isRecord()
        && Arrays.equals(
            constructor.getParameterTypes(),
            Stream.of(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new));
  }

  private static boolean isRecordAccessor(Method method) {
    Class<?> type = method.getDeclaringClass();
    return type.isRecord()
        && Stream.of(type.getRecordComponents())
            .anyMatch(component -> component.getAccessor().equals(method));
  }

  private static String header(Class<?> type) {
    var text = new StringBuilder(deprecated(type));
    int modifiers = type.getModifiers();
    boolean isClass = !type.isInterface() && !type.isEnum() && !type.isRecord();
    text.append(Modifier.isProtected(modifiers) ? "protected " : "")
        .append(isClass && Modifier.isStatic(modifiers) ? "static " : "")
        .append(isClass && Modifier.isAbstract(modifiers) ? "abstract " : "")
        .append(isClass && Modifier.isFinal(modifiers) ? "final " : "")
        .append(type.isSealed() && !type.isEnum() ? "sealed " : "")
        .append(kindOf(type))
        .append(' ')
        .append(nameOf(type))
        .append(typeParametersOf(type.getTypeParameters()));
    if (type.isRecord()) {
      text.append(
          Stream.of(type.getRecordComponents())
              .map(component -> nameOf(component.getAnnotatedType()) + " " + component.getName())
              .collect(joining(", ", "(", ")")));
    }
    if (isClass && type.getSuperclass() != Object.class) {
      text.append(" extends ").append(nameOf(type.getAnnotatedSuperclass()));
    }
    text.append(
        list(
            type.isInterface() ? " extends " : " implements ",
            Stream.of(type.getAnnotatedInterfaces()).map(PublicApi::nameOf)));
    if (type.isSealed() && !type.isEnum()) {
      text.append(
          list(" permits ", Stream.of(type.getPermittedSubclasses()).map(PublicApi::nameOf)));
    }
    return text.toString();
  }

  private static String kindOf(Class<?> type) {
    if (type.isAnnotation()) {
      return "@interface";
    }
    if (type.isInterface()) {
      return "interface";
    }
    return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
  }

  private static String describe(Member member) {
    if (member instanceof Field field) {
      return describe(field);
    }
    return member instanceof Method method
        ? describe(method, nameOf(method.getAnnotatedReturnType()) + " " + method.getName())
        : describe((Constructor<?>) member, member.getDeclaringClass().getSimpleName());
  }

  private static String describe(Field field) {
    if (field.isEnumConstant()) {
      return deprecated(field) + field.getName();
    }
    int modifiers = field.getModifiers();
    return deprecated(field)
        + (Modifier.isProtected(modifiers) ? "protected " : "")
        + (Modifier.isStatic(modifiers) ? "static " : "")
        + (Modifier.isFinal(modifiers) ? "final " : "")
        + nameOf(field.getAnnotatedType())
        + " "
        + field.getName();
  }

  private static String describe(Executable executable, String name) {
    int modifiers = executable.getModifiers();
    boolean inInterface = executable.getDeclaringClass().isInterface();
    String typeParameters = typeParametersOf(executable.getTypeParameters());
    return deprecated(executable)
        + (Modifier.isProtected(modifiers) ? "protected " : "")
        + (Modifier.isStatic(modifiers) ? "static " : "")
        + (Modifier.isAbstract(modifiers) && !inInterface ? "abstract " : "")
        + (Modifier.isFinal(modifiers) ? "final " : "")
        + (executable instanceof Method method && method.isDefault() ? "default " : "")
        + (typeParameters.isEmpty() ? "" : typeParameters + " ")
        + name
        + "("
        + parametersOf(executable)
        + ")"
        + list(
            " throws ", Stream.of(executable.getAnnotatedExceptionTypes()).map(PublicApi::nameOf))
        + (executable instanceof Method method && method.getDefaultValue() != null
            ? " default"
            : "");
  }

  private static String parametersOf(Executable executable) {
    String parameters =
        Stream.of(executable.getAnnotatedParameterTypes())
            .map(PublicApi::nameOf)
            .collect(joining(", "));
    return executable.isVarArgs()
        ? parameters.substring(0, parameters.length() - "[]".length()) + "..."
        : parameters;
  }

  private static String typeParametersOf(TypeVariable<?>[] variables) {
    return Stream.of(variables)
        .map(
            variable ->
                variable.getName()
                    + Stream.of(variable.getAnnotatedBounds())
                        .map(PublicApi::nameOf)
                        .filter(bound -> !bound.equals("Object"))
                        .collect(surrounded(" extends ", " & ", "")))
        .collect(surrounded("<", ", ", ">"));
  }

  private static String nameOf(AnnotatedType type) {
    String nullable = type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
    if (type instanceof AnnotatedArrayType array) {
      String component = nameOf(array.getAnnotatedGenericComponentType());
      return component + (nullable.isEmpty() ? "" : " " + nullable) + "[]";
    }
    if (type instanceof AnnotatedParameterizedType parameterized) {
      Type raw = ((ParameterizedType) parameterized.getType()).getRawType();
      return nullable
          + nameOf((Class<?>) raw)
          + Stream.of(parameterized.getAnnotatedActualTypeArguments())
              .map(PublicApi::nameOf)
              .collect(surrounded("<", ", ", ">"));
    }
    if (type instanceof AnnotatedWildcardType wildcard) {
      AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
      String upper = nameOf(wildcard.getAnnotatedUpperBounds()[0]);
      return lower.length > 0
          ? "? super " + nameOf(lower[0])
          : upper.equals("Object") ? "?" : "? extends " + upper;
    }
    return nullable
        + (type.getType() instanceof Class<?> simple
            ? nameOf(simple)
            : type.getType().getTypeName());
  }

  private static String nameOf(Class<?> type) {
    String name = type.getCanonicalName();
    String packageName = type.getPackageName();
    // Tests run on the class path, where only the JDK's types are in named modules.
    boolean isFamiliar = type.getModule().isNamed() || packageName.startsWith(OURS);
    return isFamiliar && !type.isPrimitive() ? name.substring(packageName.length() + 1) : name;
  }

  private static String deprecated(AnnotatedElement element) {
    return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
  }

  private static String list(String prefix, Stream<String> names) {
    return names.sorted().collect(surrounded(prefix, ", ", ""));
  }

  /** Joins as usual, but nothing stays nothing. */
  private static Collector<CharSequence, ?, String> surrounded(
      String prefix, String separator, String suffix) {
    return collectingAndThen(
        joining(separator), text -> text.isEmpty() ? "" : prefix + text + suffix);
  }
}
