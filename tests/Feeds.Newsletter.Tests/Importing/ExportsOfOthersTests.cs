using Feeds.Newsletter.Importing;

namespace Feeds.Newsletter.Tests.Importing;

/// <summary>The columns that other programs export, with people of our own.</summary>
public sealed class ExportsOfOthersTests
{
    private const string MailchimpCommon = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION";

    [Fact]
    public void Mailchimp_s_subscribed_contacts_are_confirmed_since_they_confirmed()
    {
        var rows = Read($"{MailchimpCommon},LAST_CHANGED,LEID,EUID,NOTES,TAGS\nada@example.org,Ada,,2,2023-04-21 11:16:57,192.0.2.1,2023-04-22 08:00:00,192.0.2.1,,,2,2,Europe/Paris,FR,,2023-05-01 00:00:00,1,x,,\"\"\"SEO\"\",\"\"Clients\"\"\"\n");

        Assert.Equal((ImportedState.Confirmed, At(2023, 4, 22, 8), SendTime.OfCadence), (rows[0].State, rows[0].ConfirmedAt, rows[0].Time));
        Assert.Equal(["SEO", "Clients"], rows[0].Tags);
    }

    [Fact]
    public void Mailchimp_s_unsubscribed_contacts_have_left()
    {
        var rows = Read($"{MailchimpCommon},UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS\nada@example.org,,,,2018-02-12 10:54:27,,2018-02-12 10:54:27,,,,,,,,,2018-07-23 12:00:00,,,NORMAL,,,,,\n");

        Assert.Equal((ImportedState.Left, At(2018, 7, 23, 12)), (rows[0].State, rows[0].LeftAt));
    }

    [Fact]
    public void Mailchimp_s_cleaned_contacts_have_bounced() =>
        Assert.Equal(
            ImportedState.Bounced,
            Read($"{MailchimpCommon},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS\nada@example.org,,,,2018-02-12 10:54:27,,2018-02-12 10:54:27,,,,,,,,,2020-03-23 17:30:05,,,,,,\n")[0].State);

    [Fact]
    public void Listmonk_s_states_are_known()
    {
        var rows = Read(
            "uuid,email,name,attributes,status,created_at,updated_at\n"
            + "1,ada@example.org,Ada,\"{\"\"city\"\": \"\"Rome, the\"\"}\",enabled,2023-01-02T03:04:05Z,2023-01-02T03:04:05Z\n"
            + "2,bob@example.org,,{},disabled,2023-01-02T03:04:05Z,2023-01-02T03:04:05Z\n3,eve@example.org,,{},blocklisted,2023-01-02T03:04:05Z,2023-01-02T03:04:05Z\n");

        Assert.Equal([ImportedState.Confirmed, ImportedState.Left, ImportedState.Bounced], rows.Select(row => row.State));
        Assert.Equal(At(2023, 1, 2, 3).AddSeconds(245), rows[0].ConfirmedAt);
    }

    [Fact]
    public void Ghost_s_members_say_whether_they_get_mails()
    {
        var rows = Read(
            "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,products\n"
            + "1,ada@example.org,Ada,,true,false,,2022-04-06T07:42:08.000Z,,\"SEO,Prix\",\n2,bob@example.org,Bob,,false,false,,2022-04-06T07:42:08.000Z,,,\n3,eve@example.org,Eve,,true,,,2022-04-06T07:42:08.000Z,2024-01-01T00:00:00.000Z,,\n");

        Assert.Equal([ImportedState.Confirmed, ImportedState.Left, ImportedState.Left], rows.Select(row => row.State));
        Assert.Equal(["SEO", "Prix"], rows[0].Tags);
    }

    [Fact]
    public void Substack_s_list_says_who_turned_mails_off()
    {
        var rows = Read(
            "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
            + "ada@example.org,true,2028-01-01T00:00:00.000Z,yearly,false,2018-08-27T15:06:27.713Z,\nbob@example.org,false,,other,true,2018-08-27T15:02:18.223Z,\n");

        Assert.Equal([ImportedState.Confirmed, ImportedState.Left], rows.Select(row => row.State));
    }

    [Fact]
    public void Brevo_s_contacts_have_semicolons_and_days_first()
    {
        var rows = Read(
            "CONTACT ID;EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME\n"
            + "1;ada@example.org;;;;No;No;18-06-2024;28-01-2026\n2;bob@example.org;;;;Yes;No;12-04-2022 09:30;13-04-2022 10:00\n");

        Assert.Equal([ImportedState.Confirmed, ImportedState.Left], rows.Select(row => row.State));
        Assert.Equal(At(2024, 6, 18, 0), rows[0].ConfirmedAt);
    }

    private static List<ImportedPerson> Read(string text)
    {
        var rows = SampleFile.Read(text);
        Assert.All(rows, row => Assert.Null(row.Refusal));
        return rows.ConvertAll(row => row.Person!);
    }

    private static DateTimeOffset At(int year, int month, int day, int hour) => new(year, month, day, hour, 0, 0, TimeSpan.Zero);
}
