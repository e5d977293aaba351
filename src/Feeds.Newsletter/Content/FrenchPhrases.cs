using System.Globalization;

namespace Feeds.Newsletter.Content;

/// <summary>Typography: no-break space (U+00A0) inside guillemets and before a colon, narrow (U+202F) before ; ! ?</summary>
internal sealed class FrenchPhrases : Phrases
{
    private static readonly CultureInfo Culture = CultureInfo.GetCultureInfo("fr-FR");

    public override string Also => "À lire aussi\u00A0: ";

    public override string Preferences => "Modifier mes choix";

    public override string Browser => "Voir dans le navigateur";

    public override string Contact => "Contact\u00A0:";

    public override string CategoriesAsked => "Les thèmes choisis\u00A0:";

    public override string AllCategories => "Tous les thèmes";

    public override string ConfirmButton => "Confirmer l’inscription";

    public override string ChangeButton => "Confirmer ces thèmes";

    public override string AddressRefused => "Nous ne pouvons pas écrire à cette adresse. Vérifiez-la\u00A0: elle ressemble à nom@exemple.fr, sur une seule ligne.";

    public override string CadenceUnknown => "Cette lettre n’existe pas ou n’existe plus. Choisissez-en une dans la liste.";

    public override string CategoryUnknown => "Un des thèmes n’existe pas dans cette lettre. Choisissez parmi ceux qui sont proposés.";

    public override string AddressButton => "Oui, écrivez à cette adresse";

    public override string AddressPause => "Un message au sujet d’une nouvelle adresse est parti il y a moins d’une heure. Cherchez-le là-bas, ou recommencez plus tard.";

    public override string TimeUnknown => "Cette heure ou ce fuseau horaire n’existe pas. Choisissez une heure de la liste et un fuseau comme Europe/Paris.";

    public override string PauseRefused => "La pause peut durer jusqu’à un jour à venir, d’ici un an au plus. Choisissez une autre date.";

    public override string NewArticles(int count) => count == 1 ? "1\u00A0nouvel article" : $"{Count(count, Culture)}\u00A0nouveaux articles";

    public override string AndMore(int count) => count == 1 ? "et 1\u00A0autre" : $"et {Count(count, Culture)}\u00A0autres";

    public override string FromThePublication(string publication) => $"Les nouveautés choisies pour vous par {publication}.";

    public override string Read(string title) => $"Lire «\u00A0{title}\u00A0»";

    public override string ReadMore(int count, string publication) =>
        count == 1 ? $"et 1\u00A0autre article à lire sur {publication}" : $"et {Count(count, Culture)}\u00A0autres articles à lire sur {publication}";

    public override string By(string author) => $"par {author}";

    public override string Corrected(string day) => $"corrigé le {day}";

    public override string Picture(string alternative) => $"[Image\u00A0: {alternative}]";

    public override string WhyReceived(string cadence, string publication) =>
        $"Vous recevez ce message parce que votre adresse est inscrite à «\u00A0{cadence}\u00A0» de {publication}.";

    public override string Unsubscribe(string cadence) => $"Ne plus recevoir «\u00A0{cadence}\u00A0»";

    public override string ConfirmSubject(string cadence) => $"Confirmez votre inscription\u00A0: {cadence}";

    public override string ReminderSubject(string cadence) => $"Encore à confirmer\u00A0: {cadence}";

    public override string AlreadySubject(string cadence) => $"Votre inscription\u00A0: {cadence}";

    public override string ConfirmQuestion(string cadence, string publication) =>
        $"Quelqu’un, vous sans doute, a demandé que cette adresse reçoive «\u00A0{cadence}\u00A0» de {publication}. Rien ne sera envoyé avant votre accord.";

    public override string AlreadyAnswer(string cadence, string publication) =>
        $"Cette adresse reçoit déjà «\u00A0{cadence}\u00A0» de {publication}\u00A0: vous n’avez rien à faire.";

    public override string ChangeQuestion(string cadence) =>
        $"Cette adresse reçoit déjà «\u00A0{cadence}\u00A0», avec d’autres thèmes que ceux qui viennent d’être demandés. Rien ne change avant votre accord.";

    public override string ConfirmWithin(int days) =>
        $"Le lien fonctionne pendant {days}\u00A0jours. Si cette demande ne vient pas de vous, ne faites rien\u202F: elle restera sans effet.";

    public override string WhyAsked(string publication) =>
        $"Vous recevez ce message parce que votre adresse a été saisie dans le formulaire de {publication}.";

    public override string StillReceived => "Ce que vous recevez\u00A0:";

    public override string StillButton => "Oui, je veux continuer";

    public override string WelcomeSubject(string cadence) => $"Bienvenue\u00A0: {cadence}";

    public override string WelcomeAnswer(string publication) => $"{publication} vous souhaite la bienvenue. Voici ce qui a paru avant votre arrivée\u202F; le prochain numéro dira la suite.";

    public override string AddressSubject(string publication) => $"Votre nouvelle adresse\u00A0: {publication}";

    public override string AddressQuestion(string publication) =>
        $"Quelqu’un, vous sans doute, souhaite que les messages de {publication} arrivent à cette adresse au lieu d’une autre. Rien ne change avant votre accord.";

    public override string WhyAddress(string publication) => $"Vous recevez ce message parce que cette adresse a été saisie dans les choix d’une personne inscrite à {publication}.";

    public override string MovedSubject(string publication) => $"Vos messages partent ailleurs\u00A0: {publication}";

    public override string MovedAnswer(string publication) =>
        $"Les messages de {publication} qui venaient ici vont désormais à une autre adresse, qui l’a accepté. Les liens vers vos choix dans les anciens messages ne fonctionnent plus. Si cela ne vient pas de vous, répondez à ce message.";

    public override string WhyMoved(string publication) => $"Vous recevez ce message parce que cette adresse était inscrite à {publication}. C’est le dernier.";

    public override string StillSubject(string publication) => $"On continue\u202F? {publication}";

    public override string StillQuestion(string publication, int months) =>
        $"Votre adresse est inscrite à {publication}, et vous ne nous avez pas fait signe depuis {Count(months, Culture)}\u00A0mois. Nous ne regardons pas si vous ouvrez nos messages, alors nous posons la question\u00A0: souhaitez-vous continuer à les recevoir\u202F?";

    public override string StillWithin(string day) => $"Sans réponse avant le {day}, les envois cessent et votre adresse est effacée.";

    public override string WhyStill(string publication) => $"Vous recevez ce message parce que votre adresse est inscrite à {publication}. Nous ne gardons pas les adresses plus longtemps qu’on ne le souhaite.";

    public override string LongDate(DateTimeOffset instant, TimeZoneInfo zone) =>
        $"{TimeZoneInfo.ConvertTime(instant, zone).ToString("dddd", Culture)} {ShortDate(instant, zone)}";

    public override string ShortDate(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return local.Day == 1 ? $"1er\u00A0{local.ToString("MMMM yyyy", Culture)}" : $"{local.Day}\u00A0{local.ToString("MMMM yyyy", Culture)}";
    }
}
