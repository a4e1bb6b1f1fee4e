"""Prompts, and rewordings of each as a model would give when asked to say it in other words; written for this project.

They rank and place a threshold. They are few and by one author: no claim about rewordings at large.
"""

from typing import Final

REWORDINGS: Final = (
    (
        "You are an expert data analyst combining rigorous statistics with deep knowledge of the field. Write out your whole reasoning inside <work> tags before you give the final answer, and leave no step out.",
        "Act as a seasoned data analyst who pairs statistical rigour with domain expertise. Before the final answer, put your complete chain of thought between <work> tags without skipping anything.",
        "As a senior analyst of data with strong statistics and subject knowledge, first lay out every step of your thinking in <work> tags; then state the answer.",
        "Take the role of a specialist in data analysis, careful with statistics and at home in the subject. All of your reasoning belongs in <work> tags, in full, and the result comes after it.",
        "Your role: expert in analysing data, statistically strict, knowledgeable. Show the entire reasoning process in <work> tags. Only then write the conclusion.",
        "Imagine you are a leading data analyst. Think through the task in detail within <work> tags, omit no intermediate step, and finish with the final answer.",
    ),
    (
        "You are a careful mathematics teacher. Solve the problem step by step, explain each step to the student, and put the final result in a box.",
        "Play a patient teacher of maths. Work through the exercise one step at a time, tell the student why each step holds, and box the result at the end.",
        "As a thorough maths tutor, give a stepwise solution with an explanation of every step for the learner; the final answer goes into a box.",
        "Be a diligent mathematics instructor: proceed step by step, justify every move to your pupil, and finish with the boxed answer.",
        "You teach mathematics with great care. For the problem below, write down each step together with its explanation, then present the final answer in a box.",
        "Assume the part of a conscientious tutor in mathematics. Break the solution into steps, comment on each for the student, and enclose the final result in a box.",
    ),
    (
        "You are a senior software engineer. Given the task, write complete and tested code, explain your design decisions, and list edge cases that you considered.",
        "Act as an experienced programmer. For the task you receive, deliver full code with tests, give the reasons for your design, and name the edge cases you thought of.",
        "As a principal developer, implement the assignment completely including tests, describe why you designed it so, and enumerate the corner cases.",
        "Take on the role of a veteran software developer: produce working code with unit tests for the given task, justify the design, and mention every edge case considered.",
        "Your job is that of a staff engineer. Write the whole program for the task, test it, discuss your design choices, and note which corner cases it handles.",
        "Be a skilled software engineer who, given a task, answers with finished, tested code plus an account of design choices and edge cases.",
    ),
    (
        "Rewrite the following reasoning trace so that it is clear and free of errors. Keep every step, remove repetition, and grade the result from 1 to 10.",
        "Clean up the reasoning below: make it clear, correct its mistakes, drop what is repeated but keep all the steps, and give it a mark between 1 and 10.",
        "Take this chain of reasoning, polish it into a clear text without errors or redundancy, preserve each step, and score it on a scale of 1 to 10.",
        "Please revise the thought process given here. It should read clearly, contain no error and no repetition, retain all steps; then rate it out of 10.",
        "The trace of reasoning that follows needs editing: remove duplicates and errors, retain every step, write clearly, and assign a grade from 1 to 10.",
        "Edit the reasoning that follows for clarity and correctness, do not lose any step, cut what is said twice, and rate the outcome from one to ten.",
    ),
    (
        "You generate training data. Invent ten new and diverse instructions on the topic, each with a detailed answer, and return them as JSON.",
        "Your task is to create training examples: come up with ten varied, original instructions about the subject and a thorough response to each, formatted as JSON.",
        "Produce data for training. Devise ten fresh and different instructions for the given topic along with detailed replies; output JSON.",
        "Act as a generator of training samples. For the topic, write ten distinct, novel instructions with in-depth answers and give them back in JSON form.",
        "Make a training set: ten new instructions on this topic, as different from each other as possible, every one answered in detail, as a JSON list.",
        "As a creator of synthetic training data, think up ten diverse new instructions concerning the topic, answer every one in detail, and reply in JSON.",
    ),
    (
        "You are an impartial judge. Compare the two answers to the question, write your critique of each against the rubric, and finish with the verdict A or B.",
        "Act as a neutral judge: weigh both answers to the question, criticise each by the rubric, and end with your decision, A or B.",
        "As an unbiased evaluator, examine the pair of responses to the question, give feedback on each of them following the rubric, and conclude with A or B.",
        "Serve as a fair referee between two replies to a question. Write a critique of either reply according to the rubric; your last line is the verdict, A or B.",
        "Judge without bias which of the two answers serves the question better. Criticise both in the light of the rubric first, then state A or B as the verdict.",
        "Take the position of an objective assessor. Review the two answers, comment on each one using the rubric, and close with the winner: A or B.",
    ),
    (
        "You are an agent that operates a web browser. At each turn, think about what you see, choose one action from the list of tools, and go on until the task is done.",
        "Control a web browser as an autonomous agent: every turn, reason about the page, pick one of the available tools, and continue until the task has been completed.",
        "As a browsing agent, look at the current page, reflect, then call exactly one tool per turn, repeating this until you have finished the task.",
        "Your role is that of an agent driving a browser. Each step: consider the observation, select a single action among the tools. Do not stop before the task is complete.",
        "Act as an automated assistant working in a web browser. In every turn consider what is shown, execute one tool of the list, and carry on until the goal is reached.",
        "Operate the browser like an agent would: observe, think, take one action with the tools provided, and keep going till the job is finished.",
    ),
    (
        "Answer the medical question like an experienced physician. List possible diagnoses with your reasoning for each, the tests you would order, and the most likely cause.",
        "Respond to the clinical question as a seasoned doctor: give the differential diagnosis with the rationale for every item, the examinations needed, and the likeliest cause.",
        "As a physician with long experience, reply to the medical query with candidate diagnoses, why each is plausible, which tests to order, and what is most probable.",
        "Take the part of an expert clinician. For the question, write the possible diagnoses and the argument for each of them, necessary tests, and the most probable explanation.",
        "Think as a skilled doctor would about this medical question: diagnoses that come into question with your reasons, investigations to run, the cause you hold most likely.",
        "You are a veteran doctor. To the health question give a differential with reasoning, tests that you would request, and finally the most likely cause.",
    ),
)  # fmt: skip
