package io.github.klaviyoexport.testkit.internal.customers;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A city where generated customers live, with what belongs to it.
 *
 * @param zip a postal code, of which each # is a digit
 * @param phone a phone number of a range that is reserved for fiction, of which each # is a digit;
 *     empty where there is no such range
 * @param names what people and streets are called there
 */
public record City(
    String name,
    String country,
    String timeZone,
    String locale,
    String zip,
    String phone,
    Names names) {

  /** What people and streets are called, and how people spell their names in an address. */
  public record Names(
      String[] first, String[] last, String[] streets, String[] plainFirst, String[] plainLast) {
    Names(String[] first, String[] last, String[] streets) {
      this(first, last, streets, plain(first), plain(last));
    }

    private static Names of(String first, String last, String streets) {
      return new Names(first.split(", "), last.split(", "), streets.split(", "));
    }

    /**
     * Returns names in plain letters, as in most people's addresses; empty where the script has
     * none.
     */
    private static String[] plain(String[] names) {
      return Arrays.stream(names)
          .map(name -> Normalizer.normalize(name, Normalizer.Form.NFD))
          .map(name -> name.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT))
          .toArray(String[]::new);
    }
  }

  private static final Names WESTERN =
      new Names(
          new String[] {
            "Ada", "Aino", "Amélie", "Anjali", "Ben", "Chloé", "Daniel", "Elif", "Emma", "Farah",
            "Grace", "Hugo", "Ivy", "Jack", "Jürgen", "Kenji", "Léa", "Liam", "Louis", "Maya",
            "Mia", "Noah", "Nora", "Oliver", "Priya", "Ravi", "Ruby", "Sofia", "Theo", "Zoë"
          },
          new String[] {
            "Andersson",
            "Bernard",
            "Brown",
            "Chen",
            "Davies",
            "Dubois",
            "Evans",
            "García",
            "Harris",
            "Jackson",
            "Johnson",
            "Khan",
            "Laurent",
            "Lee",
            "Martin",
            "Moreau",
            "Nguyen",
            "O'Brien",
            "Patel",
            "Petit",
            "Roberts",
            "Roux",
            "Singh",
            "Smith",
            "Taylor",
            "Thomas",
            "Walker",
            "Wilson",
            "Wright",
            "Young"
          },
          new String[] {
            "Acacia Avenue",
            "Bridge Street",
            "Church Lane",
            "Garden Road",
            "High Street",
            "Mill Lane",
            "Orchard Way",
            "Park Road",
            "School Lane",
            "Station Road"
          });

  /** The cities where customers live by default. */
  public static final List<City> WEST =
      List.of(
          new City(
              "London",
              "United Kingdom",
              "Europe/London",
              "en-GB",
              "N1 #AA",
              "+442079460###",
              WESTERN),
          new City(
              "Manchester",
              "United Kingdom",
              "Europe/London",
              "en-GB",
              "M1 #AB",
              "+441614960###",
              WESTERN),
          new City(
              "Leeds",
              "United Kingdom",
              "Europe/London",
              "en-GB",
              "LS1 #CD",
              "+441134960###",
              WESTERN),
          new City("Paris", "France", "Europe/Paris", "fr-FR", "7500#", "+3319900####", WESTERN),
          new City("Lyon", "France", "Europe/Paris", "fr-FR", "6900#", "+3346571####", WESTERN),
          new City("Lille", "France", "Europe/Paris", "fr-FR", "5900#", "+3335301####", WESTERN),
          new City(
              "Berlin", "Germany", "Europe/Berlin", "de-DE", "1011#", "+493023125###", WESTERN),
          new City(
              "München", "Germany", "Europe/Berlin", "de-DE", "8033#", "+498999998###", WESTERN),
          new City(
              "Stockholm",
              "Sweden",
              "Europe/Stockholm",
              "sv-SE",
              "111 2#",
              "+468465004##",
              WESTERN),
          new City(
              "New York",
              "United States",
              "America/New_York",
              "en-US",
              "1000#",
              "+121255501##",
              WESTERN),
          new City(
              "Chicago",
              "United States",
              "America/Chicago",
              "en-US",
              "6060#",
              "+131255501##",
              WESTERN),
          new City(
              "Sydney", "Australia", "Australia/Sydney", "en-AU", "200#", "+6125550####", WESTERN),
          new City(
              "Melbourne",
              "Australia",
              "Australia/Melbourne",
              "en-AU",
              "300#",
              "+6135550####",
              WESTERN));

  /** These, and places that spell names in scripts and with letters of their own. */
  public static final List<City> WORLD =
      Stream.concat(
              WEST.stream(),
              Stream.of(
                  place(
                      "Helsinki",
                      "Finland",
                      "Europe/Helsinki",
                      "fi-FI",
                      "0010#",
                      Names.of(
                          "Aino, Eero, Päivi, Väinö",
                          "Hämäläinen, Mäkelä, Yli-Öyry",
                          "Hämeentie, Itäkatu")),
                  place(
                      "Reykjavík",
                      "Ísland",
                      "Atlantic/Reykjavik",
                      "is-IS",
                      "10#",
                      Names.of(
                          "Þórður, Ægir, Guðrún",
                          "Guðmundsdóttir, Þórsson",
                          "Laugavegur, Skólavörðustígur")),
                  place(
                      "Łódź",
                      "Polska",
                      "Europe/Warsaw",
                      "pl-PL",
                      "90-00#",
                      Names.of(
                          "Łukasz, Małgorzata, Żaneta",
                          "Błaszczyk, Wójcik, Źrebiec",
                          "Piotrkowska, Źródłowa")),
                  place(
                      "İstanbul",
                      "Türkiye",
                      "Europe/Istanbul",
                      "tr-TR",
                      "3400#",
                      Names.of(
                          "İbrahim, Işıl, Çağla",
                          "Yıldırım, Öztürk, Şahin",
                          "İstiklal Caddesi, Bağdat Caddesi")),
                  place(
                      "Αθήνα",
                      "Ελλάδα",
                      "Europe/Athens",
                      "el-GR",
                      "105 5#",
                      Names.of("Ελένη, Γιώργος, Νίκος", "Παπαδοπούλου, Νικολάου", "Ερμού, Αθηνάς")),
                  place(
                      "Київ",
                      "Україна",
                      "Europe/Kyiv",
                      "uk-UA",
                      "0100#",
                      Names.of("Олена, Їжак, Юрій", "Шевченко, Ґудзь", "Хрещатик, Володимирська")),
                  place(
                      "القاهرة",
                      "مصر",
                      "Africa/Cairo",
                      "ar-EG",
                      "1151#",
                      Names.of("محمد, فاطمة, عمر", "عبد الله, السيد", "شارع التحرير, شارع النيل")),
                  place(
                      "תל אביב",
                      "ישראל",
                      "Asia/Jerusalem",
                      "he-IL",
                      "610000#",
                      Names.of("נועה, יוסף, תמר", "כהן, בן־דוד", "דיזנגוף, אלנבי")),
                  place(
                      "मुंबई",
                      "भारत",
                      "Asia/Kolkata",
                      "hi-IN",
                      "40000#",
                      Names.of(
                          "प्रिया, राहुल, क्षितिज",
                          "शर्मा, सिंह",
                          "महात्मा गांधी मार्ग, लिंकिंग रोड")),
                  place(
                      "กรุงเทพฯ",
                      "ประเทศไทย",
                      "Asia/Bangkok",
                      "th-TH",
                      "1020#",
                      Names.of("สมชาย, น้ำฝน", "ใจดี, ศรีสุข", "ถนนสุขุมวิท, ถนนสีลม")),
                  place(
                      "Hà Nội",
                      "Việt Nam",
                      "Asia/Ho_Chi_Minh",
                      "vi-VN",
                      "10000#",
                      Names.of("Nguyệt, Đức, Quỳnh", "Nguyễn, Trần, Đỗ", "Phố Huế, Hàng Đào")),
                  place(
                      "北京",
                      "中国",
                      "Asia/Shanghai",
                      "zh-CN",
                      "10000#",
                      Names.of("伟, 秀英, 𠮷祥", "王, 欧阳, 李", "长安街, 王府井大街")),
                  place(
                      "東京",
                      "日本",
                      "Asia/Tokyo",
                      "ja-JP",
                      "100-000#",
                      Names.of("さくら, ケンジ, 結衣", "髙橋, 山﨑, 渡邉", "銀座, 千代田")),
                  place(
                      "서울",
                      "대한민국",
                      "Asia/Seoul",
                      "ko-KR",
                      "0452#",
                      Names.of("민준, 서연", "김, 이, 독고", "세종대로, 종로"))))
          .toList();

  private static City place(
      String city, String country, String timeZone, String locale, String zip, Names names) {
    return new City(city, country, timeZone, locale, zip, "", names);
  }
}
