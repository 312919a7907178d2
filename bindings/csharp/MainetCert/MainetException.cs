// SPDX-License-Identifier: BSD-3-Clause
namespace MainetCert;

/// <summary>A call failed. There is a class for every situation; <see cref="Status"/> names it.</summary>
public class MainetException : Exception
{
    /// <summary>Make the exception of a situation.</summary>
    /// <param name="status">the situation</param>
    /// <param name="detail">the particulars in English, for a log</param>
    /// <param name="systemCode">an errno, a CURLcode or an HTTP status; 0 when there is none</param>
    /// <param name="inner">what led to it</param>
    protected internal MainetException(Status status, string detail, int systemCode, Exception? inner = null)
        : base(Describe(status, detail), inner)
    {
        Status = status;
        Detail = detail;
        SystemCode = systemCode;
    }

    /// <summary>The situation.</summary>
    public Status Status { get; }

    /// <summary>The particulars in English, for a log. Never holds a PIN, key or body.</summary>
    public string Detail { get; }

    /// <summary>An errno, a CURLcode or an HTTP status; 0 when there is none.</summary>
    public int SystemCode { get; }

    /// <summary>The number that users and the support desk know, such as 550.</summary>
    public int Code => Status.Code();

    /// <summary>What happened, in English.</summary>
    public string Headline => Status.Headline();

    /// <summary>What happened, in Japanese: the manual's words where it has them.</summary>
    public string HeadlineJa => Status.Headline(Lang.Ja);

    /// <summary>Why the situation arises, in English.</summary>
    public string Cause => Status.Cause();

    /// <summary>Why the situation arises, in Japanese.</summary>
    public string CauseJa => Status.Cause(Lang.Ja);

    /// <summary>What the user can do, in English.</summary>
    public string Remedy => Status.Remedy();

    /// <summary>What the user can do, in Japanese.</summary>
    public string RemedyJa => Status.Remedy(Lang.Ja);

    private static string Describe(Status status, string detail)
    {
        string number = $"{status.Code()}: {status.Headline()}";
        return detail.Length == 0 ? number : $"{number} ({detail})";
    }
}

/// <summary>What the catalogue says of a situation.</summary>
public static class StatusWords
{
    /// <summary>The number that users and the support desk know.</summary>
    /// <param name="status">the situation</param>
    /// <returns>such as 550</returns>
    public static int Code(this Status status) => Native.status_code(status);

    /// <summary>The name of the situation.</summary>
    /// <param name="status">the situation</param>
    /// <returns>such as <c>pin-incorrect</c></returns>
    public static string KebabName(this Status status) => Native.status_name(status);

    /// <summary>What happened.</summary>
    /// <param name="status">the situation</param>
    /// <param name="lang">the language</param>
    /// <returns>one sentence</returns>
    public static string Headline(this Status status, Lang lang = Lang.En) => Native.status_text(status, lang);

    /// <summary>Why the situation arises.</summary>
    /// <param name="status">the situation</param>
    /// <param name="lang">the language</param>
    /// <returns>sentences</returns>
    public static string Cause(this Status status, Lang lang = Lang.En) => Native.status_cause(status, lang);

    /// <summary>What the user can do.</summary>
    /// <param name="status">the situation</param>
    /// <param name="lang">the language</param>
    /// <returns>sentences</returns>
    public static string Remedy(this Status status, Lang lang = Lang.En) => Native.status_remedy(status, lang);
}
